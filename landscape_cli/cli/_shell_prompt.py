"""The prompt of the shell with history, completion and editing of several lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import completion_is_selected
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings

from .shell import EndOfInput

if TYPE_CHECKING:
    from prompt_toolkit.key_binding import KeyPressEvent


class CatalogueCompleter(Completer):
    """Offers names of the catalogue; what ``:explain`` knows is looked up once."""

    def __init__(self) -> None:
        self._names: tuple[str, ...] | None = None

    def get_completions(
        self, document: Document, complete_event: CompleteEvent  # noqa: ARG002
    ) -> Iterable[Completion]:  # fmt: skip
        """What may stand at the cursor."""
        return self._offered(document.text_before_cursor)

    def _offered(self, before: str) -> Iterator[Completion]:
        from ..teaching.completion import completions

        names: tuple[str, ...] = ()
        if before.lstrip().startswith(":explain "):
            if self._names is None:
                from ..render.explain import names as every

                self._names = tuple(dict.fromkeys(n for group in every().values() for n in group))
            names = self._names
        for one in completions(before, names):
            yield Completion(one.word, -one.length, display_meta=one.note)


def bindings() -> KeyBindings:
    """Enter takes the text if it is finished, and else starts a new line."""
    from ..teaching.session import finished

    keys = KeyBindings()

    @keys.add("enter", filter=~completion_is_selected)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        text = buffer.text
        if text.lstrip().startswith(":") or finished(text):
            buffer.validate_and_handle()
        else:
            buffer.newline(copy_margin=True)

    @keys.add("enter", filter=completion_is_selected)
    def _choose(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @keys.add("c-c")
    def _interrupt(event: KeyPressEvent) -> None:
        # What was typed stays in the history.
        event.current_buffer.append_to_history()
        event.app.exit(exception=KeyboardInterrupt, style="class:aborting")

    return keys


def history() -> History:
    """The history of earlier sessions, if it can be kept."""
    from ..teaching.progress import state_folder

    path = state_folder() / "shell_history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8"):
            pass
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def prompt_reader(
    prompt: str, more: str, kept: History | None = None, **options: Any
) -> Callable[[], tuple[str, int]]:
    """Reads one finished input after another; ``options`` go to ``PromptSession``."""
    session: PromptSession[str] = PromptSession(
        prompt,
        multiline=True,
        prompt_continuation=more,
        completer=CatalogueCompleter(),
        complete_while_typing=False,
        key_bindings=bindings(),
        history=kept if kept is not None else history(),
        **options,
    )

    def read() -> tuple[str, int]:
        try:
            return session.prompt(), 1
        except EOFError:
            raise EndOfInput from None

    return read
