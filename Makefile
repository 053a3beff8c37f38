# Two commands matter: `make run` and `make test`. Everything here does its own set-up; see ops/ for how.
PYTHON ?= $(shell command -v python3.11 || command -v python3)

.DEFAULT_GOAL := help
.PHONY: help run demo test lint format compliance contracts bench faults compose clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## ?/\t/' | expand -t 14

run:  ## the system on this machine: broker, five services, gateway, sample province, sample case; Ctrl-C stops it
	@exec $(PYTHON) -m ops run

demo:  ## the same in a temporary folder on free ports: plays the journeys, prints their timelines, stops everything
	@exec $(PYTHON) -m ops demo

test:  ## all tests: each package alone, then across services on one running stack
	@exec $(PYTHON) -m ops test $(ARGS)

lint:  ## ruff, mypy (strict on everything that ships), import-linter
	@exec $(PYTHON) -m ops lint

format:  ## format the sources with ruff
	@exec $(PYTHON) -m ops format

compliance:  ## write the table of clauses and the state diagrams into docs/
	@exec $(PYTHON) -m ops compliance $(ARGS)

contracts:  ## write AsyncAPI, JSON Schema and OpenAPI of services and gateway into contracts/
	@exec $(PYTHON) -m ops contracts $(ARGS)

bench:  ## the measurements of the README
	@exec $(PYTHON) -m ops bench $(ARGS)

faults:  ## the journeys while broker and services are killed
	@exec $(PYTHON) -m ops faults

compose:  ## keys, passwords and definitions for docker-compose.yml, into var/compose/
	@exec $(PYTHON) -m ops compose

clean:  ## remove what `make run` keeps (data, keys, logs)
	@exec $(PYTHON) -m ops clean
