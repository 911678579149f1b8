"""What the environment says of the simulator's own process."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.simulator.company import CompanySettings, Number
from ivr.simulator.profiles import PROFILES


class SimulatorSettings(BaseSettings):
    """Settings by `PEERLINE_…` or a `.env` file; all that is wrong is said at once.

    Attributes:
        simulator_bind: Host and port to listen on.
        simulator_profile: The carrier to behave like.
        simulator_media_ready_s: Seconds from the end of a recording to its file.
        carrier_account: Account the app signs in with.
        carrier_token: Secret of that account; signs every webhook.
        carrier_signing_key: Signs instead, where a carrier has another secret for that.
        carrier_api_url: Where the app reaches this process, if not at the bind.
        hotline_number: The number one can dial.
        public_url: Where the app is.
    """

    model_config = SettingsConfigDict(env_prefix="PEERLINE_", env_file=".env", extra="ignore", frozen=True)

    simulator_bind: Annotated[str, Field(pattern=r"^[^:/]+:\d+$")] = "127.0.0.1:8081"
    simulator_profile: Literal["twilio", "somleng", "signalwire"] = "twilio"
    simulator_media_ready_s: Annotated[float, Field(ge=0)] = 1.0
    carrier_account: str
    carrier_token: SecretStr
    carrier_signing_key: SecretStr | None = None
    carrier_api_url: str = ""
    hotline_number: str = "+12025550123"
    public_url: str = "http://127.0.0.1:8080"

    @property
    def host(self) -> str:
        """Return the host to listen on."""
        return self.simulator_bind.rpartition(":")[0]

    @property
    def port(self) -> int:
        """Return the port to listen on."""
        return int(self.simulator_bind.rpartition(":")[2])

    @property
    def company(self) -> CompanySettings:
        """Return the set-up of the company."""
        return CompanySettings(
            account=self.carrier_account,
            token=self.carrier_token.get_secret_value(),
            signing_key=self.carrier_signing_key.get_secret_value() if self.carrier_signing_key else None,
            numbers=(Number.of_app(self.hotline_number, self.public_url),),
            profile=PROFILES[self.simulator_profile],
            media_ready_s=self.simulator_media_ready_s,
        )
