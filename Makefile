# De opdrachten van het portaal. Alles wat een lege machine mist, wordt eerst gehaald.
# Nodig: python3 (3.11 of hoger, met venv), make en git.

PYTHON ?= python3
PYTEST_ARGS ?=
# How many tests run side by side in `make test`; 0 runs them one after the other.
PYTEST_WORKERS ?= 2

BIN := .venv/bin
DEMO := .venv/.stamp-demo
DEV := .venv/.stamp-dev
# Tests and the demonstration start many programs, and each would compile the project anew.
unexport PYTHONDONTWRITEBYTECODE
PIP_COMPILE := env -u PIP_FIND_LINKS -u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL PIP_CONFIG_FILE=/dev/null \
	CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# A venv that was copied from elsewhere, or whose Python is gone, counts as absent; install.py makes it anew.
MOVED := $(shell test -x $(BIN)/python && grep -qsxF '$(CURDIR)' .venv/lib/python3*/site-packages/um_portal.pth \
	|| rm -f $(DEMO) $(DEV))

# By another name: make runs a line with its own name in it also when it only has to show it (make -n).
ZELF = $(MAKE)

.DEFAULT_GOAL := help
.PHONY: help demo test test-all test-faults test-cluster lint typen stijl bench beelden css productie dev format lock sbom audit clean python-versie

help: ## deze uitleg
	@echo "Het UM-portaal. Gebruik: make OPDRACHT"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  UM_PORT (8000), UM_SIMULATOR_PORT (8001) en UM_DATA_DIR (./.data) verplaatsen de demonstratie:"
	@echo "  make demo UM_PORT=8100 UM_SIMULATOR_PORT=8101 UM_DATA_DIR=/tmp/tweede"
	@echo "  Met DATABASE_URL en REDIS_URL gebruiken demo en test die servers."
	@echo "  Meer tests naast elkaar, of maar een paar:"
	@echo "  make test PYTEST_WORKERS=4 PYTEST_ARGS=tests/exchange"
	@echo "  Zolang de demonstratie draait, werkt .venv/bin/python manage.py OPDRACHT daarop."

demo: $(DEMO) css ## start het portaal met voorbeeldgegevens; Ctrl-C stopt het
	@exec $(BIN)/python -m um_portal.embedded.demo

# The types take one processor for a minute and more, and the tests often wait: so the types are checked beside
# them, at a lower priority, and what came of it stands below.
test: $(DEV) css ## controleer stijl, typen en afhankelijkheden, en voer de snelle tests uit
	@found=$$(mktemp); nice -n 5 $(BIN)/mypy > $$found 2>&1 & types=$$!; \
	trap 'kill $$types 2>/dev/null; rm -f $$found; exit 130' INT TERM; status=0; \
	$(ZELF) --no-print-directory stijl && echo "- Tests" && \
	$(BIN)/python -m pytest --hypothesis-profile=vast -n $(PYTEST_WORKERS) --dist worksteal $(PYTEST_ARGS) || status=$$?; \
	echo "- Typen (mypy)"; wait $$types || status=$$?; cat $$found; rm -f $$found; exit $$status

# Both halves run, also when the first one fails: one look then tells everything.
test-all: lint ## als test, met ook de langzame tests en die in een browser; die een voor een
	@status=0; \
	echo "- Tests" && $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(PYTEST_ARGS) || status=$$?; \
	echo "- De langzame tests en die in een browser"; \
	$(BIN)/python -m pytest -m "slow or browser" $(PYTEST_ARGS) || status=$$?; \
	exit $$status

test-faults: $(DEV) css ## laat van alles uitvallen onder een portaal dat werkt, en tel daarna; tien minuten
	@exec $(BIN)/python -m tests.faults

test-cluster: $(DEV) css ## laat machines uitvallen onder een portaal op meer machines (Debian, als root)
	@exec $(BIN)/python -m tests.cluster

# Side by side: the types take by far the longest, and one processor.
lint: $(DEV) css ## alleen stijl, typen en afhankelijkheden
	@$(MAKE) --no-print-directory -j2 typen stijl

typen: $(DEV)
	@echo "- Typen (mypy)" && $(BIN)/mypy

stijl: $(DEV)
	@echo "- Stijl (ruff)" && $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "- Afhankelijkheden (import-linter)" && $(BIN)/lint-imports

bench: $(DEV) css ## meet hoe snel het portaal is
	@exec $(BIN)/python -m tests.bench

beelden: $(DEV) css ## maak de schermbeelden van de documentatie opnieuw
	@UM_BEELDEN=docs/beelden $(BIN)/python -m pytest -q -m browser -k "from_its_application or how_a_file_stands" tests/portal/test_browser.py

css: $(DEMO) ## haal de vormgeving op (NL Design System) als die ontbreekt of verouderd is
	@status=0; $(BIN)/python um_portal/embedded/vendor.py --needs-node || status=$$?; \
	if [ $$status -eq 3 ]; then $(MAKE) --no-print-directory $(DEV); \
	elif [ $$status -ne 0 ]; then exit $$status; fi; \
	$(BIN)/python um_portal/embedded/vendor.py

productie: | python-versie ## installeer alleen wat een server nodig heeft (docs/beheer/installeren.md)
	@$(PYTHON) um_portal/embedded/install.py production
	@$(BIN)/python um_portal/embedded/vendor.py

dev: $(DEV) css ## installeer alles om aan het portaal te werken

format: $(DEV) ## zet de code in de afgesproken stijl
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

lock: $(DEV) ## leg de nieuwste versies vast in requirements*.txt en package-lock.json
	$(PIP_COMPILE) --upgrade --output-file requirements.txt requirements.in
	$(PIP_COMPILE) --upgrade --output-file requirements-demo.txt requirements-demo.in
	$(PIP_COMPILE) --upgrade --output-file requirements-sentry.txt requirements-sentry.in
	$(PIP_COMPILE) --upgrade --output-file requirements-dev.txt requirements-dev.in
	$(PIP_COMPILE) --upgrade --output-file tests/cluster/patroni.txt tests/cluster/patroni.in
	$(PIP_COMPILE) --upgrade --output-file tests/deploy/kubernetes.txt tests/deploy/kubernetes.in
	PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

# What a real installation has, without what is there for tests.
PRODUCTIE = $$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/\1/p' requirements.txt)

sbom: $(DEV) ## schrijf in build/ waar het portaal uit bestaat (CycloneDX), en van wie de licenties zijn
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o build/sbom-python.json requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm sbom --package-lock-only --omit dev --sbom-format cyclonedx > build/sbom-npm.json
	@$(BIN)/pip-licenses --packages $(PRODUCTIE) --from=mixed --format=plain-vertical --with-urls --with-license-file \
		--no-license-path --output-file build/licenties.txt > /dev/null
	@echo "Geschreven: build/sbom-python.json, build/sbom-npm.json, build/licenties.txt"

audit: $(DEV) ## vraag of er van een pakket een zwakke plek bekend is; vraagt internet
	@$(BIN)/pip-audit --requirement requirements.txt --require-hashes --disable-pip --strict --progress-spinner off
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm audit --package-lock-only --omit dev

clean: ## verwijder wat gehaald en gemaakt is; de gegevens in .data blijven
	rm -rf .venv .cluster build static/vendor tests/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

python-versie:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Python 3.11 of hoger is nodig; $(PYTHON) is: $$($(PYTHON) --version 2>&1)." >&2; \
	echo "Geef een andere aan met: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }

$(DEMO): requirements.txt requirements-demo.txt um_portal/embedded/install.py | python-versie
	@$(PYTHON) um_portal/embedded/install.py demo
	@touch $@

$(DEV): requirements-dev.txt $(DEMO) | python-versie
	@$(PYTHON) um_portal/embedded/install.py dev
	@touch $@
