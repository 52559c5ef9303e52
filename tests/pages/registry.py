"""Which test runs which blocks of the pages, and why some are not run."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatch

from .blocks import Block

FRAGMENTS = "tests/pages/test_python.py::test_a_fragment_of_a_page_synthesizes"
PROGRAMS = "tests/pages/test_python.py::test_a_whole_program_of_a_page_writes_a_template"
ERRORS = "tests/pages/test_python.py::test_an_error_that_a_page_shows_is_the_one_that_is_raised"
MODULES = "tests/pages/test_python.py::test_json_of_a_page_is_what_the_fragment_before_it_writes"
LINES = "tests/pages/test_messages.py::test_a_line_that_a_page_shows_is_one_that_a_script_says"
TUTORIAL = "tests/test_new.py::test_the_tutorial_from_the_wheel_alone"
KIT = "tests/test_pages.py::test_the_commands_and_tests_of_the_page_pass"
TOOLS = "tests/e2e/test_shown.py::test_what_the_page_about_tools_shows_is_what_tools_print"
TERMINALS = "tests/e2e/test_shown.py::test_what_the_page_about_terminals_shows_is_what_they_print"
PUSH = "a push needs a Coder server; tests/test_push.py and the replay of builds stand for it"
TREE = "tests/pages/test_python.py::test_the_tree_of_errors_is_the_one_of_the_classes"
CALL = "tests/pages/test_python.py::test_the_module_call_of_a_page_plans"
HELP = "tests/pages/test_python.py::test_the_help_of_the_command_is_the_one_of_the_page"
CERTIFICATE = "tests/pages/test_python.py::test_the_certificate_of_the_page_is_what_every_client_takes"
DRIFT = "tests/test_pages.py::test_the_drift_that_the_page_shows_is_the_one_that_tests_show"
TYPES = "tests/test_user_code.py::test_the_blocks_of_the_page_are_right_but_for_the_error_that_it_shows"


@dataclass(frozen=True)
class Handled:
    """Blocks, and who runs them.

    Attributes:
        first: how their first line begins; "" for all.
        test: the test that runs them, or "".
        reason: why nobody does, or what of them is not run.
    """

    page: str
    language: str
    test: str = ""
    first: str = ""
    title: str = "*"
    reason: str = ""

    def covers(self, block: Block) -> bool:
        """Whether a block is one of these."""
        return (
            fnmatch(block.page, self.page)
            and block.language == self.language
            and block.first.startswith(self.first)
            and fnmatch(block.title, self.title)
        )


HANDLED = (
    # Tested in their own room
    Handled("docs/types.md", "python", TYPES),
    Handled("examples/*/README.md", "sh", first="coder templates push", reason=PUSH),
    Handled(
        "examples/*/README.md",
        "sh",
        "tests/test_examples.py::test_each_copy_is_a_template_whose_readme_names_all_there_is_to_know",
        reason="pip and pytest: as in the tutorial",
    ),
    Handled("modules/*.md", "tf", "tests/module/test_readme.py::test_every_example_plans_the_setup_script"),
    Handled("modules/*.md", "sh", reason="commands of the registry and of Terraform's own test"),
    Handled(
        "docs/migrate.md", "tf", "tests/module/test_migrate.py::test_there_and_back_nothing_changes_but_the_script"
    ),
    Handled("docs/migrate.md", "text", "tests/module/test_migrate.py::test_a_moved_script_is_one_replacement"),
    Handled(
        "docs/migrate.md",
        "python",
        "tests/module/test_migrate.py::test_the_pages_test_of_the_port_passes_and_tells_what_else_differs",
    ),
    # Python
    Handled("docs/tutorial.md", "python", TUTORIAL),
    Handled("docs/*.md", "python", KIT, title="*test*.py"),
    Handled("docs/template.md", "python", PROGRAMS, title="main.py"),
    Handled("README.md", "python", PROGRAMS, first="from cdk"),
    Handled("docs/provider.md", "python", "tests/coder/test_page.py::test_every_example_synthesizes", title=""),
    Handled("docs/*.md", "python", FRAGMENTS, title=""),
    # Errors of Python
    Handled("README.md", "text", ERRORS, first="InvalidValueError"),
    Handled("docs/tools.md", "text", ERRORS, first="command holds"),
    Handled("docs/windows.md", "text", ERRORS),
    Handled("docs/template.md", "text", ERRORS, first="Traceback"),
    Handled("docs/engines.md", "text", "tests/test_engines.py::test_the_refusal_that_the_page_shows_is_one_of_them"),
    Handled("docs/api/errors.md", "text", TREE),
    # Terraform
    Handled("docs/copilot.md", "json", MODULES),
    Handled("docs/gateway.md", "json", MODULES),
    Handled(
        "*.md",
        "hcl",
        CALL,
        first='module "aibridge-proxy"',
    ),
    # What scripts print
    Handled("docs/tools.md", "console", TOOLS),
    Handled("docs/launcher.md", "console", TERMINALS),
    Handled("docs/editors.md", "text", LINES),
    Handled("docs/gateway.md", "text", LINES),
    Handled("docs/clients.md", "text", LINES),
    Handled("docs/editors.md", "jsonc", "tests/test_editors.py::test_the_page_lists_every_argument_and_what_is_added"),
    # Commands
    Handled("docs/tutorial.md", "sh", first="coder login", reason=PUSH),
    Handled("docs/tutorial.md", "sh", TUTORIAL),
    Handled("docs/tutorial.md", "console", LINES, first="AI Bridge Proxy CA certificate saved"),
    Handled("docs/tutorial.md", "console", TUTORIAL),
    Handled(
        "docs/api/command.md",
        "console",
        HELP,
    ),
    Handled("docs/api/command.md", "sh", KIT, reason="as `python tasks.py draw`"),
    Handled("docs/testing.md", "sh", KIT),
    Handled(
        "docs/testing.md",
        "text",
        DRIFT,
        first="~",
    ),
    Handled(
        "docs/testing.md",
        "text",
        "tests/test_pages.py::test_the_drawing_of_the_page_is_part_of_what_the_command_prints",
        first="flowchart",
    ),
    Handled("docs/template.md", "sh", PROGRAMS, first="python main.py", reason="the second line: " + PUSH),
    Handled("README.md", "sh", PROGRAMS, first="python main.py", reason="the second line: " + PUSH),
    Handled("README.md", "sh", TUTORIAL, first="pip install"),
    Handled(
        "docs/listener.md",
        "sh",
        CERTIFICATE,
    ),
    Handled(
        "docs/cdktn.md",
        "sh",
        first="pip install 'aibridge-construct[cdktn]'",
        reason="make test-cdktn has it installed",
    ),
    Handled("docs/cdktn.md", "sh", "tests/moved.py::command", first="find ."),
    Handled("docs/cdktn.md", "toml", "tests/test_engines.py::mypy"),
    Handled("*.md", "sh", first="make", reason=".ci/run runs make synth and make test"),
)
