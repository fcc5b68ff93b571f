"""The ``auth`` section: how people log in and who may."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from jupyterhub_eks.config.logins.cognito import CognitoAuth
from jupyterhub_eks.config.logins.custom import CustomAuth
from jupyterhub_eks.config.logins.dummy import DummyAuth
from jupyterhub_eks.config.logins.native import NativeAuth
from jupyterhub_eks.config.logins.oauth import OAuthAuth

Auth = DummyAuth | CognitoAuth | OAuthAuth | NativeAuth | CustomAuth
AuthConfig = Annotated[Auth, Field(discriminator="type")]
