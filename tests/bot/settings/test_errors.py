"""Settings that are wrong: one sentence, with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from footnote.bot.app import store_opener
from footnote.bot.errors import SettingsError
from footnote.bot.settings.load import load_settings
from footnote.bot.syncing.sources import open_connectors

SOURCE = '[sources.docs]\nkind = "files"\npath = "docs"\naudience = ["everyone"]\n'
FOR_HR = SOURCE.replace("everyone", "group:hr")
LABELS = (
    'but must be "everyone", "admins", a group such as "group:hr", or a label of a platform such '
    'as "slack:C123"'
)
MEMBERS = 'but must be a label of a platform such as "slack:U7" or "discord:role:456"'

IN_THE_FILE = {
    # not TOML
    "a = ": "footnote.toml, line 1: this is not valid TOML: invalid value.",
    SOURCE + "b == 2\n": "footnote.toml, line 5: this is not valid TOML: invalid value.",
    "a = 1\n\na = 2\n": "footnote.toml, line 3: this is not valid TOML: cannot overwrite a value.",
    'a = """\n\n': "footnote.toml, line 1: this is not valid TOML: unterminated string.",
    # keys
    'x = 1\ny = """\nz"""\n': (
        "footnote.toml, line 1: the settings have no key x: there are answer, data, discord, "
        "embedder, gguf, groups, inbox, llamaindex, log_level, remote, reranker, schedule, slack, "
        "sources, state, store, sync, tune, weaviate."
    ),
    'state = "mysql://me:secret@host/1"\n': (
        'footnote.toml, line 1: state is "mysql://…@host/1" but must be "sqlite" or the URL of a '
        'Redis, such as "redis://localhost:6379/0".'
    ),
    SOURCE + "[answr]\n": (
        "footnote.toml, line 5: the settings have no key answr: did you mean answer?"
    ),
    SOURCE + '[answer]\n\n# a remark\ngat = "strict"\n': (
        "footnote.toml, line 8: [answer] has no key gat: did you mean gate?"
    ),
    SOURCE + "[sync]\ndelete = 1\n": (
        "footnote.toml, line 6: [sync] has no key delete: did you mean delete_share?"
    ),
    SOURCE + "[embedder]\nbatch = 1\n": (
        "footnote.toml, line 6: [embedder] has no key batch: there are model, passage_prefix, "
        "pooling, question_prefix, threads."
    ),
    SOURCE + 'inclde = ["*.md"]\n': (
        "footnote.toml, line 5: [sources.docs] has no key inclde: did you mean include?"
    ),
    SOURCE + 'schedule = "every blue moon"\n': (
        'footnote.toml, line 5: [sources.docs] schedule is "every blue moon" but must be '
        '"every 30 minutes", or the five fields of cron for times that come, such as '
        '"0 7 * * mon-fri".'
    ),
    SOURCE + '[schedule]\ntime_zone = "Middle/Earth"\n': (
        'footnote.toml, line 6: [schedule] time_zone is "Middle/Earth" but must be a time zone by '
        'its name, such as "Europe/Berlin" or "UTC".'
    ),
    SOURCE + "[schedule]\njitter_s = -1\n": (
        "footnote.toml, line 6: [schedule] jitter_s is -1 but must be at least 0."
    ),
    # what a source must say
    '\n[sources.docs]\nkind = "files"\npath = "docs"\n': (
        "footnote.toml, line 2: source docs does not say who may see it: write "
        'audience = ["everyone"] below [sources.docs], or a list of labels such as ["group:hr"].'
    ),
    '[sources.docs]\naudience = ["everyone"]\n': (
        'footnote.toml, line 1: source docs has no kind: write kind = "files" below [sources.docs].'
    ),
    '[sources.docs]\nkind = "files"\naudience = ["everyone"]\n': (
        'footnote.toml, line 1: source docs has no path: write path = "docs" below [sources.docs].'
    ),
    '[sources.docs]\nkind = "wiki"\naudience = ["everyone"]\n': (
        'footnote.toml, line 2: there is no kind of source "wiki"; there is '
        '"discord_history", "files", "git", "github", "llamaindex", "slack_history", "website".'
    ),
    '[sources."My Docs"]\nkind = "files"\naudience = ["everyone"]\n': (
        'footnote.toml, line 1: "My Docs" cannot be the name of a source: use small letters, '
        'digits, "-" and "_", beginning with a letter or digit.'
    ),
    # values
    'log_level = "loud"\n': (
        'footnote.toml, line 1: log_level is "loud" but must be "debug", "info", "warning" or '
        '"error".'
    ),
    SOURCE + '[answer]\ngate = "lax"\n': (
        'footnote.toml, line 6: [answer] gate is "lax" but must be "strict", "balanced" or "eager".'
    ),
    SOURCE + '[answer]\ngenerator = "gpt"\n': (
        'footnote.toml, line 6: [answer] generator is "gpt" but must be "quote", "gguf" or '
        '"remote".'
    ),
    SOURCE + '[remote]\nurl = "http://me:secret@localhost/v1"\n': (
        'footnote.toml, line 6: [remote] url is "http://…@localhost/v1" but must be an address '
        'without a password in it, such as "https://api.openai.com/v1".'
    ),
    SOURCE + '[remote]\nurl = "localhost:8080"\n': (
        'footnote.toml, line 6: [remote] url is "localhost:8080" but must be an address without '
        'a password in it, such as "https://api.openai.com/v1".'
    ),
    SOURCE + '[remote]\nkey_env = "sk-my key"\n': (
        'footnote.toml, line 6: [remote] key_env is "sk-my key" but must be the name of an '
        'environment variable, such as "OPENAI_API_KEY": the key itself belongs there.'
    ),
    SOURCE + '[answer]\nunsupported = "show"\n': (
        'footnote.toml, line 6: [answer] unsupported is "show" but must be "leave_out" or "mark".'
    ),
    SOURCE + '[embedder]\nmodel = "bge"\n': (
        'footnote.toml, line 6: [embedder] model is "bge" but must be "minilm", or the path of an '
        'embedding model, such as "models/embedder.gguf".'
    ),
    SOURCE + '[answer]\npassages = "six"\n': (
        'footnote.toml, line 6: [answer] passages is "six" but must be a whole number.'
    ),
    SOURCE + "[answer]\npassages = 0\n": (
        "footnote.toml, line 6: [answer] passages is 0 but must be at least 1."
    ),
    SOURCE + "[answer]\npassages = 51\n": (
        "footnote.toml, line 6: [answer] passages is 51 but must be at most 50."
    ),
    SOURCE + "[answer]\npassages = 2.5\n": (
        "footnote.toml, line 6: [answer] passages is 2.5 but must be a whole number."
    ),
    SOURCE + "[answer]\ntimeout_s = 0\n": (
        "footnote.toml, line 6: [answer] timeout_s is 0 but must be more than 0."
    ),
    SOURCE + "[answer]\ntimeout_s = inf\n": (
        "footnote.toml, line 6: [answer] timeout_s is Infinity but must be a finite number."
    ),
    SOURCE + "[sync]\ndelete_share = 30\n": (
        "footnote.toml, line 6: [sync] delete_share is 30 but must be at most 1."
    ),
    "answer = 3\n": "footnote.toml, line 1: answer is 3 but must be a table.",
    "sources = []\n": "footnote.toml, line 1: sources is [] but must be a table.",
    "data = 3\n": "footnote.toml, line 1: data is 3 but must be a path in quotes.",
    'store = "paper"\n': (
        'footnote.toml, line 1: there is no store "paper": choose one of "llamaindex", "sqlite", '
        '"weaviate".'
    ),
    '[llamaindex]\nvector_store = "Qdrant"\n': (
        'footnote.toml, line 2: [llamaindex] vector_store is "Qdrant" but must be the path of a '
        'class, such as "llama_index.vector_stores.qdrant.QdrantVectorStore".'
    ),
    '[weaviate]\ngrpc = "localhost"\n': (
        'footnote.toml, line 2: [weaviate] grpc is "localhost" but must be a host and a port, such '
        'as "localhost:50051".'
    ),
    '[weaviate]\nprefix = "our docs"\n': (
        'footnote.toml, line 2: [weaviate] prefix is "our docs" but must be letters and digits, '
        'beginning with a capital letter, such as "Footnote".'
    ),
    '[sources.docs]\nkind = "files"\naudience = "everyone"\n': (
        'footnote.toml, line 3: [sources.docs] audience is "everyone" but must be a list such as '
        '["everyone"].'
    ),
    '[sources.docs]\nkind = "files"\naudience = []\n': (
        "footnote.toml, line 3: [sources.docs] audience is [] but must be a list that is not empty."
    ),
    '[sources.docs]\nkind = "files"\naudience = [\n  "admins",\n  "",\n]\n': (
        'footnote.toml, line 3: [sources.docs] audience is "" but must be text that is not empty.'
    ),
    **{
        SOURCE.replace("everyone", wrong): (
            f'footnote.toml, line 4: [sources.docs] audience is "{wrong}" {LABELS}{hint}.'
        )
        for wrong, hint in {
            "Everybody": ' (did you mean "everyone"?)',
            "admin": ' (did you mean "admins"?)',
            "hr": ' (did you mean "group:hr"?)',
            "groups:hr": ' (did you mean "group:hr"?)',
            "Slack:C123": ' (did you mean "slack:C123"?)',
            "discrod: role:456": ' (did you mean "discord:role:456"?)',
            "group:HR": ' (did you mean "group:hr"?)',
            "group:my team": "",
            "slack": "",
            "slack:": "",
            "#general": "",
        }.items()
    },
    # groups
    '[groups]\nhr = ["slack:U7"]\n' + SOURCE.replace("everyone", "group:hrr"): (
        'footnote.toml, line 6: [sources.docs] audience names "group:hrr", but [groups] does not '
        'define hrr: did you mean "group:hr"?'
    ),
    SOURCE.replace('"everyone"', '\n"everyone",\n"group:hr"'): (
        'footnote.toml, line 4: [sources.docs] audience names "group:hr", but [groups] does not '
        'define hr: write hr = ["slack:U7"] below [groups], with the labels of its members.'
    ),
    FOR_HR + '[groups]\nhr = "slack:U7"\n': (
        'footnote.toml, line 6: [groups] hr is "slack:U7" but must be a list such as ["everyone"].'
    ),
    FOR_HR + "[groups]\nhr = []\n": (
        "footnote.toml, line 6: [groups] hr is [] but must be a list that is not empty."
    ),
    FOR_HR + '[groups]\nhr = ["slack:U7", "ada"]\n': (
        f'footnote.toml, line 6: [groups] hr is "ada" {MEMBERS}.'
    ),
    FOR_HR + '[groups]\nhr = ["everyone"]\n': (
        f'footnote.toml, line 6: [groups] hr is "everyone" {MEMBERS}.'
    ),
    FOR_HR + '[groups]\nhr = ["group:it"]\n': (
        f'footnote.toml, line 6: [groups] hr is "group:it" {MEMBERS}.'
    ),
    FOR_HR + '[groups]\nhr = ["slak:U7"]\n': (
        f'footnote.toml, line 6: [groups] hr is "slak:U7" {MEMBERS} (did you mean "slack:U7"?).'
    ),
    FOR_HR + '[groups]\nHR = ["slack:U7"]\n': (
        'footnote.toml, line 6: "HR" cannot be the name of a group: use small letters, digits, "-" '
        'and "_", beginning with a letter or digit.'
    ),
    SOURCE + "path2 = 1\n": (
        "footnote.toml, line 5: [sources.docs] has no key path2: did you mean path?"
    ),
    SOURCE + 'base_url = "docs.example.com"\n': (
        'footnote.toml, line 5: [sources.docs] base_url is "docs.example.com" but must be an '
        "address that begins with https://, http:// or file://."
    ),
    SOURCE + "max_megabytes = -1\n": (
        "footnote.toml, line 5: [sources.docs] max_megabytes is -1 but must be more than 0."
    ),
    SOURCE + 'ignore = ["!"]\n': (
        "footnote.toml, line 1: The pattern '!' of source docs is not valid: patterns are written "
        "as in .gitignore, such as *.md or drafts/."
    ),
}

IN_THE_ENVIRONMENT = {
    ("FOOTNOTE_ANSWER__GATE", "lax"): (
        'The environment variable FOOTNOTE_ANSWER__GATE is "lax" but must be "strict", '
        '"balanced" or "eager".'
    ),
    ("FOOTNOTE_ANSWER__GAET", "strict"): (
        "The environment variable FOOTNOTE_ANSWER__GAET: [answer] has no key gaet: did you mean "
        "gate?"
    ),
    ("FOOTNOTE_ANSWERS__GATE", "strict"): (
        "The environment variable FOOTNOTE_ANSWERS__GATE names no setting: did you mean "
        "FOOTNOTE_ANSWER__GATE?"
    ),
    ("footnote_log_level", "loud"): (
        'The environment variable footnote_log_level is "loud" but must be "debug", "info", '
        '"warning" or "error".'
    ),
    ("FOOTNOTE_SOURCES__DOCS__AUDIENCE", "everyone"): (
        "The environment variable FOOTNOTE_SOURCES__DOCS__AUDIENCE cannot be read: write a list "
        'or a table as JSON, such as ["everyone"].'
    ),
    ("FOOTNOTE_SOURCES__DOCS__AUDIENCE", '["group:hr"]'): (
        "The environment variable FOOTNOTE_SOURCES__DOCS__AUDIENCE: [sources.docs] audience names "
        '"group:hr", but [groups] does not define hr: write hr = ["slack:U7"] below [groups], with '
        "the labels of its members."
    ),
    ("FOOTNOTE_GROUPS__HR", '["ada"]'): (
        f'The environment variable FOOTNOTE_GROUPS__HR is "ada" {MEMBERS}.'
    ),
    ("FOOTNOTE_SOURCES__DOCS__MAX_MEGABYTES", "0"): (
        "The environment variable FOOTNOTE_SOURCES__DOCS__MAX_MEGABYTES is 0 but must be more "
        "than 0."
    ),
    ("FOOTNOTE_SOURCES__DOCS__INCLDE", "[]"): (
        "The environment variable FOOTNOTE_SOURCES__DOCS__INCLDE: [sources.docs] has no key "
        "inclde: did you mean include?"
    ),
}


def _sentence(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        _use(path)
    return str(caught.value)


def _use(path: Path) -> None:
    """What every command does with the settings before it does anything else."""
    settings = load_settings(path)
    open_connectors(settings)
    store_opener(settings)


@pytest.mark.parametrize(("text", "sentence"), IN_THE_FILE.items(), ids=IN_THE_FILE.values())
def test_a_mistake_in_the_file_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    """It names the file, the line, what is there, and what should be."""
    path = tmp_path / "footnote.toml"
    path.write_text(text, encoding="utf-8")
    assert _sentence(path) == sentence


@pytest.mark.parametrize(
    ("variable", "sentence"), IN_THE_ENVIRONMENT.items(), ids=IN_THE_ENVIRONMENT.values()
)
def test_a_mistake_in_the_environment_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: tuple[str, str], sentence: str
) -> None:
    """It names the variable, since the file is right."""
    path = tmp_path / "footnote.toml"
    path.write_text(SOURCE, encoding="utf-8")
    monkeypatch.setenv(*variable)
    assert _sentence(path) == sentence


def test_the_first_of_several_mistakes_is_told(tmp_path: Path) -> None:
    """The order is that of the file, so that it can be mended from top to bottom."""
    path = tmp_path / "footnote.toml"
    path.write_text(f"{SOURCE}[sync]\ndelete_share = 3\n[answer]\npassages = 0\n", "utf-8")
    assert "line 6" in _sentence(path)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    """The sentence names the folder and the command that writes the file."""
    assert _sentence(tmp_path / "footnote.toml") == (
        f"There is no footnote.toml in {tmp_path}: run `footnote init` there, or name a settings "
        "file with --config."
    )


def test_a_missing_file_of_another_name_was_named(tmp_path: Path) -> None:
    """Who names a file gets told about that file."""
    assert _sentence(tmp_path / "team.toml") == (
        f"There is no settings file {tmp_path / 'team.toml'}: name one that exists with --config."
    )


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    """Something that cannot be read is told with the system's reason."""
    assert _sentence(tmp_path) == (
        f"{tmp_path} cannot be read (Is a directory): name a file that can with --config."
    )


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    """The line with the first wrong byte is named."""
    path = tmp_path / "footnote.toml"
    path.write_bytes(b'data = "a"\n# caf\xe9\n')
    assert _sentence(path) == (
        "footnote.toml, line 2: this is not UTF-8 text: save the file as UTF-8."
    )
