"""Make groups of GitHub organisations and teams; part of the hub's configuration."""

from tornado.httpclient import HTTPClientError
from traitlets import import_item

base = c.JupyterHub.authenticator_class


class GitHubGroups(import_item(base) if isinstance(base, str) else base):
    """GitHub's login, which also knows organisations of whose teams the user is in none."""

    async def update_auth_model(self, auth_model):
        """Fetch the organisations beside the teams."""
        found = await super().update_auth_model(auth_model)
        tokens = found["auth_state"]["token_response"]
        address = f"{self.github_api}/user/orgs?per_page=100"
        try:
            known = await self._paginated_fetch(
                address, tokens["access_token"], tokens["token_type"]
            )
        except HTTPClientError as error:
            # A server of one's own may keep them to itself; teams are known all the same.
            if error.code not in (403, 404):
                raise
            known = []
        found["auth_state"]["organizations"] = known
        return found


def groups_of(auth_state):
    """Return ``organisation`` and ``organisation:team`` of every one of the user's."""
    found = {each["login"] for each in auth_state.get("organizations") or []}
    for team in auth_state.get("teams") or []:
        organisation = team["organization"]["login"]
        found |= {organisation, f"{organisation}:{team['slug']}"}
    return sorted(found)


c.JupyterHub.authenticator_class = GitHubGroups
c.GitHubOAuthenticator.auth_state_groups_key = groups_of
