import pytest

from core.errors import BadSetting
from core.settings import Settings


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PORT", "eighty", "PORT"),
        ("PORT", "70000", "between 0 and 65535"),
        ("DATABASE_URL", "mysql://x", "not a PostgreSQL address"),
        ("PUBLIC_URL", "text.example.com", "http:// or https://"),
        ("OPENAI_API", "telepathy", "OPENAI_API"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL"),
        ("TWILIO_ACCOUNT_SID", "AC1", "TWILIO_AUTH_TOKEN"),
        ("TWILIO_API_KEY", "SK1", "TWILIO_API_SECRET"),
    ],
)
def test_a_bad_variable_is_named_with_an_example(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(BadSetting, match=says) as refusal:
        Settings.load()
    assert "\n" not in str(refusal.value)


def test_no_key_means_the_built_in_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_ACCOUNT_SID", "OPENAI_API_KEY", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings.load()
    assert (settings.carrier, settings.model, settings.simulator) == (None, None, True)
    assert settings.base_url == "http://127.0.0.1:8000"


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "canary-7265")
    monkeypatch.setenv("OPENAI_API_KEY", "canary-7266")
    assert "canary" not in repr(Settings.load())
