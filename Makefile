# Holotable: every command of the house. `make` alone prints this list.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PORT ?= 8080
ARGS ?=
WORKERS ?= 2
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup hook run check check-backend check-frontend api-check fix test e2e bench bench-live bench-viewer bench-headset fuzz migrate migration api up down

help: ## say what each target does
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# ---- set-up: two stamps, so that the second run costs nothing -------------------------------
.venv/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it, or call: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing Python packages (about a minute the first time)…"
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -c 'import OCP.gp' 2>/dev/null || echo "Note: Open CASCADE could not be loaded, so STEP, IGES and BREP will not convert. On Debian: apt-get install libgl1 libegl1"
	@touch $@

frontend/node_modules/.installed: frontend/package-lock.json
	@command -v npm >/dev/null 2>&1 || { echo "Node 20 or newer with npm was not found. Install it from your system's packages."; exit 1; }
	@echo "Installing frontend packages…"
	@cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/.built: frontend/node_modules/.installed $(shell find frontend/src frontend/public frontend/index.html frontend/vite.config.ts -type f 2>/dev/null)
	@echo "Building the frontend…"
	@cd frontend && npm run --silent build -- --logLevel warn
	@touch $@

.env: .env.example
	@test -e .env || cp .env.example .env

setup: .venv/.installed frontend/node_modules/.installed .env ## create the environment from the pinned locks

hook: ## install a git hook that runs `make check` before each push
	@mkdir -p .git/hooks && printf '#!/bin/sh\nexec make check\n' > .git/hooks/pre-push && chmod +x .git/hooks/pre-push

run: setup frontend/dist/.built ## set everything up and serve the product on http://localhost:8080 (HTTPS=1 for other desks and headsets)
	@$(BIN)/holotable serve --port $(PORT) $(if $(HTTPS),--https,) $(ARGS)

check: setup ## formatting, lint, types, layers, architecture: soonest failure first
	@$(MAKE) --no-print-directory -j 2 check-backend check-frontend
	@$(MAKE) --no-print-directory api-check

check-backend: setup
	@$(BIN)/ruff format --check backend tests alembic
	@$(BIN)/ruff check backend tests alembic
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/test_architecture.py

check-frontend: setup
	@cd frontend && npm run --silent check

fix: setup ## repair everything a tool can repair
	@$(BIN)/ruff check --fix backend tests alembic
	@$(BIN)/ruff format backend tests alembic
	@cd frontend && npm run --silent fix

test: setup ## unit, contract and database tests (pytest, Vitest); ARGS= for pytest
	@$(BIN)/python -m tests.again test $(WORKERS) $(ARGS)
	@cd frontend && npm run --silent test

e2e: setup frontend/dist/.built ## the product in a real browser and an emulated headset
	@$(BIN)/python -m tests.again e2e $(WORKERS) $(ARGS)

bench: setup frontend/dist/.built ## speed beside peers; appends to docs/BENCHMARKS.md what it measured
	@$(BIN)/python -m tests.bench.run $(ARGS)

bench-live: setup ## our live rooms beside y-websocket, Hocuspocus and Colyseus in one run; appends to docs/BENCHMARKS.md
	@$(BIN)/python -m tests.bench.run live_peers

bench-viewer: setup frontend/dist/.built ## our viewer beside its peers in one browser, and with 100,000 parts; appends to docs/BENCHMARKS.md
	@$(BIN)/python -m tests.bench.run viewer large_models

bench-headset: setup ## every shared model and 100,000 parts in an emulated Quest 3; fails over the limits; appends to docs/BENCHMARKS.md
	@$(BIN)/python -m tests.bench.run headset

fuzz: setup ## damaged files at every reader for two minutes (ARGS="--seconds 600"); findings in build/fuzz
	@$(BIN)/python -m tests.fuzz $(ARGS)

migrate: setup ## bring the database to the newest schema
	@$(BIN)/holotable migrate

migration: setup ## a new schema revision from the tables: make migration NAME="add issues"
	@test -n "$(NAME)" || { echo 'Name it: make migration NAME="add issues"'; exit 1; }
	@$(BIN)/holotable migrate && $(BIN)/alembic revision --autogenerate -m "$(NAME)" && $(BIN)/holotable migrate && $(BIN)/alembic check

api: setup ## regenerate the typed client from the routes
	@$(BIN)/holotable openapi > frontend/src/api/openapi.json
	@$(BIN)/python -m holotable.review.viewpoint | tee docs/formats/viewpoint-1.schema.json > frontend/src/protocol/viewpoint.schema.json
	@cd frontend && npm run --silent api && node viewpoint_types.mjs && npx prettier --log-level warn --write src/api/openapi.json src/api/schema.ts src/protocol/viewpoint.schema.json src/protocol/viewpoint.ts

api-check: setup
	@cp frontend/src/api/openapi.json /tmp/holotable-openapi.$$$$ && $(MAKE) --no-print-directory api && cmp -s frontend/src/api/openapi.json /tmp/holotable-openapi.$$$$; status=$$?; rm -f /tmp/holotable-openapi.$$$$; \
	  [ $$status -eq 0 ] || { echo "frontend/src/api was out of date with the routes; it is regenerated now: commit it."; exit 1; }

up: ## the scaled set-up with PostgreSQL and Redis, in containers
	docker compose up -d --build

down: ## stop the containers, keep their volumes
	docker compose down
