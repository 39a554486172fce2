# One command each. PORT chooses another port, PEOPLE a larger demo city.
PORT ?= 8000
PEOPLE ?= 2000
PYTHON3 ?= $(shell command -v python3.11 || command -v python3)
# What is run a second time on PostgreSQL and Redis: everything that touches them.
# The one left out moves the clock, which a Redis server does not follow.
ON_SERVERS = tests/contracts tests/content tests/activity tests/realtime tests/discussion tests/communities \
  tests/publications tests/whiteboards tests/foundation tests/files tests/security tests/directory tests/search --deselect tests/search/test_engines.py \
  --deselect tests/directory/test_throttle.py::test_account_is_locked_and_opens_again \
  tests/applications/test_access.py tests/applications/test_badges.py tests/applications/test_entering.py \
  tests/applications/test_launcher.py tests/applications/test_notes_resolver.py tests/applications/test_proposals.py \
  tests/applications/sign_in
MANAGE = .venv/bin/python manage.py

.PHONY: run test lint bench demo messages lock

run:
	@$(PYTHON3) deploy/setup.py run
	@exec $(MANAGE) start --port $(PORT) --people $(PEOPLE)

test:
	@$(PYTHON3) deploy/setup.py test
	@.venv/bin/python -m pytest $(ARGS)
	@.venv/bin/python -m tests.on_servers $(ON_SERVERS)

lint:
	@$(PYTHON3) deploy/setup.py lint
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports
	@.venv/bin/mypy
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) check --fail-level WARNING
	@.venv/bin/python deploy/check_production.py

bench:
	@$(PYTHON3) deploy/setup.py bench
	@.venv/bin/python -m benchmarks $(ARGS)

demo:
	@$(PYTHON3) deploy/setup.py run
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo --people $(PEOPLE)

# Collect the words to translate into each app's French catalogue.
messages:
	@for app in foundation/* directory publications communities whiteboards applications intranet; do \
	  if [ -d $$app/locale ]; then (cd $$app && $(CURDIR)/.venv/bin/django-admin makemessages -l fr --no-location --no-obsolete -v 0); fi; done

# Pin the dependencies of pyproject.toml again.
lock:
	@.venv/bin/uv pip compile -q pyproject.toml $(LOCK) -o requirements.txt
	@.venv/bin/uv pip compile -q --group build $(LOCK) -c requirements.txt -o requirements-build.txt
	@.venv/bin/uv pip compile -q pyproject.toml --group dev --group build $(LOCK) -c requirements.txt -o requirements-dev.txt

LOCK = --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
