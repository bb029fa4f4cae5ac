"""Signatures of webhooks, checked by somebody else's verifier."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from holotable.exchange.webhook_signature import PREFIX, new_secret, signature, signed_headers

BODY = '{"type":"dev.holotable.issue.created.v1","data":{"title":"Bohrung ø 12"}}'


def test_the_example_of_the_standard_has_the_signature_it_says() -> None:
    # Standard Webhooks 1.0, "Signature scheme": the values of its reference implementations.
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
        '{"test": 2432232314}',
    )  # fmt: skip
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_foreign_verifier_takes_what_we_sign_and_nothing_else() -> None:
    secret = new_secret()
    headers = signed_headers([secret], "id-1", datetime.now(UTC), BODY)
    assert Webhook(secret).verify(BODY, headers)["data"]["title"] == "Bohrung ø 12"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + " ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, {**headers, "webhook-id": "id-2"})
    old = signed_headers([secret], "id-1", datetime.now(UTC) - timedelta(minutes=6), BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, old)


def test_while_a_secret_is_rotated_both_verify() -> None:
    new, old = new_secret(), new_secret()
    headers = signed_headers([new, old], "id-1", datetime.now(UTC), BODY)
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (new, old):
        assert Webhook(secret).verify(BODY, headers)


def test_secrets_have_32_random_bytes() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {len(base64.b64decode(one.removeprefix(PREFIX))) for one in made} == {32}
