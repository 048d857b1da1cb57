"""The child process: `python -m footnote.models.engine.child`, started by `supervisor.py`."""

from __future__ import annotations

import logging
import threading
from dataclasses import replace
from typing import BinaryIO

from footnote.models.children.serving import Line, serve
from footnote.models.children.signs import Refused
from footnote.models.engine.calibration import (
    FOUND_OUT,
    Profile,
    Profiles,
    Rates,
    calibrate,
    profile_key,
    usable_cores,
)
from footnote.models.engine.files import check_file
from footnote.models.engine.intake import Intake
from footnote.models.engine.loop import Loop
from footnote.models.engine.messages import (
    Ask,
    Cancel,
    Command,
    Count,
    Counted,
    Event,
    Failed,
    LoadAdapter,
    Ready,
    Start,
    commands,
    events,
)
from footnote.models.engine.native import ComputeError, Context, Log, Model, build, can_offload
from footnote.models.engine.options import EngineOptions, Tuning
from footnote.models.engine.scheduler import Scheduler
from footnote.models.engine.trial import check, fits_context, limits_for, measure
from footnote.models.errors import ModelError, UnusableModelError

_NOT_TAKEN_IN = "The engine could not take the question in, and its log says why: ask differently."

_log = logging.getLogger(__name__)


class Child:
    """Loads the model, and takes in what is asked on a thread of its own."""

    def __init__(self, source: BinaryIO, sink: int) -> None:
        """Set up.

        Args:
            source: Where commands come from.
            sink: The descriptor that events go to.
        """
        self._line: Line[Command, Event] = Line(source, sink, commands(), events())
        self._loop: Loop | None = None

    def run(self) -> None:
        """Serve until the parent is gone."""
        self._line.open(lambda: self._loop.busy_s if self._loop else 0.0)
        start = self._line.next()
        if not isinstance(start, Start):
            raise TypeError("the first command must be a start")
        try:
            self._serve(start.options)
        except ModelError as error:
            self._line.send(Refused(str(error)))

    def _serve(self, options: EngineOptions) -> None:
        check_file(options.model)
        log = Log()
        model = Model(options, log)
        fits_context(model, options, _fixed(options) or _smallest(options))
        for name, adapter in options.adapters.items():
            model.load_adapter(name, adapter)
        profile = self._profile(model, options, log)
        context = Context(model, options, profile.tuning, log)
        limits = limits_for(model, context, options, profile, check(context))
        loop = Loop(context, Scheduler(limits), model, self._line.send)
        metadata = model.metadata()
        intake = Intake(model.vocabulary, metadata)
        self._loop = loop
        threading.Thread(target=self._take_in, args=(intake, loop), daemon=True).start()
        self._line.send(
            Ready(
                name=metadata.get("general.name") or options.model.stem,
                context_tokens=min(limits.layout.cells, options.context_tokens),
                prefill_rate=profile.rates.prefill,
                decode_rate=1 / profile.rates.single_s,
                tuning=profile.tuning,
                build=build(),
                offloads=can_offload(),
            )
        )
        loop.run()

    def _profile(self, model: Model, options: EngineOptions, log: Log) -> Profile:
        """What suits this machine: as the settings say, as remembered, or found out now."""

        def tried(tuning: Tuning) -> Rates | None:
            try:
                fits_context(model, options, tuning)
                return _measured(model, options, tuning, log)
            except (UnusableModelError, ComputeError):
                return None

        if fixed := _fixed(options):
            return Profile(fixed, _measured(model, options, fixed, log))
        cores = usable_cores()
        profiles = Profiles(options.profiles) if options.profiles else None
        key = profile_key(options, cores, build())
        known = profiles.load(key) if profiles else None
        found = known or calibrate(options, cores, tried)
        if found is None:
            raise UnusableModelError(
                f"There is not enough memory for {options.model.name} with contexts of "
                f"{options.context_tokens} tokens: set a smaller context or choose a smaller model."
            )
        if profiles and not known:
            _remember(profiles, key, found)
        return found

    def _take_in(self, intake: Intake, loop: Loop) -> None:
        while True:
            self._handle(self._line.next(), intake, loop)

    def _handle(self, command: Command, intake: Intake, loop: Loop) -> None:
        match command:
            case Ask() | Count():
                try:
                    self._answer(command, intake, loop)
                except ModelError as error:
                    self._line.send(Failed(command.id, str(error), "model"))
                except Exception:  # noqa: BLE001  one question must cost no other its answer
                    _log.exception("a question could not be taken in")
                    self._line.send(Failed(command.id, _NOT_TAKEN_IN))
            case Cancel() | LoadAdapter():
                loop.put(command)
            case Start():
                raise TypeError("there is only one start")

    def _answer(self, command: Ask | Count, intake: Intake, loop: Loop) -> None:
        if isinstance(command, Ask):
            loop.put(intake.asked(command))
        else:
            self._line.send(Counted(command.id, intake.count(command.messages)))


def _fixed(options: EngineOptions) -> Tuning | None:
    """The tuning that is set, with what a person wants of the cache."""
    tuning = options.tuning
    return tuning and replace(tuning, cache_type=options.cache_type or tuning.cache_type)


def _smallest(options: EngineOptions) -> Tuning:
    """What takes the least memory of all that may be found out."""
    return Tuning(sequences=1, cache_type=options.cache_type or FOUND_OUT[-1])


def _measured(model: Model, options: EngineOptions, tuning: Tuning, log: Log) -> Rates:
    context = Context(model, options, tuning, log)
    try:
        check(context)
        return measure(context, tuning, options.context_tokens)
    finally:
        context.close()


def _remember(profiles: Profiles, key: str, profile: Profile) -> None:
    try:
        profiles.save(key, profile)
    except OSError as error:
        _log.warning(
            "What suits this machine cannot be remembered (%s), so that each start takes longer: "
            "make room on the disk.",
            error.strerror,
        )


def main() -> None:
    """Serve on the standard streams."""
    serve(lambda source, sink: Child(source, sink).run())


if __name__ == "__main__":
    main()
