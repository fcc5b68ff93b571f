"""Make groups of GitHub organisations and teams; part of the hub's configuration."""


def groups_of(auth_state):
    """Return ``organisation`` and ``organisation:team`` of every team of the user."""
    found = set()
    for team in auth_state.get("teams") or []:
        organisation = team["organization"]["login"]
        found |= {organisation, f"{organisation}:{team['slug']}"}
    return sorted(found)


c.GitHubOAuthenticator.auth_state_groups_key = groups_of
