"""What is quick about the search for secrets changes nothing that it finds."""

from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.facts.secrets import Sieve, secrets_in

KEYS = (
    "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6",
    'password = "' + 'xK9-mQ2_vL7-pR4wT"',
    '"username": "ada",\n"key": "' + '0f1e2d3c4b5a69788796a5b4c3d2e1f0"',
    "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun",
)
PIECES = st.sampled_from([*KEYS, *(line for key in KEYS for line in key.split("\n")), "token", "://", "x = 1", ""])
TEXTS = st.lists(PIECES, max_size=6).map("\n".join)


@given(st.lists(TEXTS, max_size=6))
def test_a_sieve_lets_every_text_through_that_holds_a_secret(texts: list[str]) -> None:
    sieve = Sieve()
    for text in texts:
        through = sieve.lets_through(text)
        assert through or not list(secrets_in(text))


def test_a_sieve_holds_back_what_only_names_a_secret() -> None:
    sieve = Sieve()
    assert not sieve.lets_through("token = read_token()\nclone https://example.org\n")
    assert all(sieve.lets_through(f"# version {number}\n{KEYS[0]}\n") for number in range(3))
    assert not sieve.lets_through("# version 4\n")


def test_every_key_of_these_tests_is_a_secret() -> None:
    assert [bool(list(secrets_in(key))) for key in KEYS] == [True] * len(KEYS)
