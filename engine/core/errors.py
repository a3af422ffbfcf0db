"""Every error todoke raises on purpose, in one tree.

TodokeError                    exit 1  a fault of ours, said with a stable code
├── InputError                 exit 2  the caller, an operator or a file can put it right
│   ├── SettingsError                  a setting is missing or wrong
│   ├── FeedError                      a feed file or folder
│   │   └── FeedRejected               a whole file refused: header, checksum, forbidden column
│   ├── ContractError                  a contract or profile YAML
│   ├── RuleError                      a programme file
│   │   └── ValueNotInForce            a dated value has no value on that date
│   ├── WordingError                   a wording block
│   └── Busy                           another process is at it; later it is free
├── SafetyStop                 exit 3  nothing may be prepared or sent (2: because a mandatory file was refused)
└── StateError                 exit 1  a transition or write the design forbids

A message names the file, row or setting and what to do. It never holds personal data.
"""


class TodokeError(Exception):
    """Root of all errors raised on purpose. `code` is stable; `exit_code` is what the command line returns."""

    code = "todoke_error"
    exit_code = 1


class InputError(TodokeError):
    """Bad usage, configuration or input: one line that names the file, row or setting."""

    code = "input_error"
    exit_code = 2


class SettingsError(InputError):
    """A setting is missing or has a value that cannot be used."""

    code = "settings_error"


class FeedError(InputError):
    """A feed folder or file cannot be used."""

    code = "feed_error"


class FeedRejected(FeedError):
    """A whole feed file is refused. The landed file stays; nothing of it reaches history."""

    code = "feed_rejected"


class ContractError(InputError):
    """A table contract or feed profile is not well formed."""

    code = "contract_error"


class RuleError(InputError):
    """A programme file is not well formed or reads what it may not."""

    code = "rule_error"


class ValueNotInForce(RuleError):
    """A dated value was asked for on a date it has no value for. Never answered with 0."""

    code = "value_not_in_force"


class WordingError(InputError):
    """A wording block breaks the guard."""

    code = "wording_error"


class Busy(InputError):
    """Another live process holds the records file or this job's date. Nothing is wrong; it is free later."""

    code = "busy"


class SafetyStop(TodokeError):
    """Whatever might protect a person is not certain, so nothing is prepared and nothing is sent (exit 3).

    `by_input`: the safety facts are good, and a mandatory file was refused that somebody can put right (exit 2).
    """

    code = "safety_stop"
    exit_code = 3

    def __init__(self, message: str, *, by_input: bool = False) -> None:
        """One line that says why."""
        super().__init__(message)
        self.by_input = by_input
        self.exit_code = InputError.exit_code if by_input else SafetyStop.exit_code


class StateError(TodokeError):
    """A state transition or write that the design forbids was attempted."""

    code = "state_error"
