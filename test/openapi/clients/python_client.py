"""Uses the package that openapi-python-client generates. Checked by mypy with its strictest settings."""

import sys

from generated import AuthenticatedClient, Client
from generated.api.auth import dev_login
from generated.api.shows import create_show, get_show, list_shows
from generated.models import DevLogin, ErrorAnswer, Show, ShowDraft, ShowPage, ShowStatus, Tokens

base_url = sys.argv[1]
anonymous = Client(base_url=base_url)

tokens = dev_login.sync(client=anonymous, body=DevLogin(display_name="Generated"))
assert isinstance(tokens, Tokens)
signed_in = AuthenticatedClient(base_url=base_url, token=tokens.access_token)

show = create_show.sync(client=signed_in, body=ShowDraft(title="From a generated client"))
assert isinstance(show, Show)
assert show.creator.display_name == "Generated"
assert show.status == ShowStatus.SCHEDULED

# The generator asks for a token where one is optional.
page = list_shows.sync(client=signed_in, creator_id=show.creator.id)
assert isinstance(page, ShowPage)
assert [listed.id for listed in page.items] == [show.id]
assert page.next_cursor is None

missing = get_show.sync(client=signed_in, show_id="unknown")
assert isinstance(missing, ErrorAnswer)
assert missing.code == "NOT_FOUND"
