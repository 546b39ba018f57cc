# The commands a person needs. Everything that is missing is installed by them; nothing asks anything.
SHELL := /bin/bash
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
CONFIGURATION ?= Release
# How long each of the deep explorations may take: thirteen of them, so that all end within twenty minutes.
SECONDS_EACH ?= 90

.PHONY: help build test demo chaos matrix simulate format clean dependencies guest model proof

help:            ## What there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

build:           ## out/vmsupd and out/vmsup, runnable from anywhere
	@scripts/build $(CONFIGURATION)

test: dependencies guest ## All tests, on real QEMU where it matters
	@scripts/test $(CONFIGURATION)

model:           ## Explores the domain deeper than the tests do, and writes into docs/proof.md how deep; some 20 minutes
	@dotnet build tests/Model/Model.csproj -c $(CONFIGURATION) --nologo -v quiet
	@tests/Model/bin/$(CONFIGURATION)/net10.0/model deep docs/proof.md $(SECONDS_EACH)

proof:           ## Writes what is covered, the mutants' counterexamples and the comparison with Proxmox into docs/proof.md
	@dotnet build tests/Model/Model.csproj -c $(CONFIGURATION) --nologo -v quiet
	@tests/Model/bin/$(CONFIGURATION)/net10.0/model proof docs/proof.md

demo: dependencies guest build ## The main job on real VMs, narrated and counted; under three minutes
	@scripts/demo

chaos: dependencies ## Random commands and faults on real VMs: ROUNDS=, MINUTES=, SEED=, ADOPT=, REPORT=
	@dotnet build tests/Chaos.Tests/Chaos.Tests.csproj -c $(CONFIGURATION) --nologo -v quiet
	@tests/Chaos.Tests/bin/$(CONFIGURATION)/net10.0/Chaos.Tests chaos --rounds "$(ROUNDS)" --minutes "$(MINUTES)" \
		--seed "$(SEED)" --at-once "$(AT_ONCE)" --adopt "$(ADOPT)" --report "$(REPORT)"

matrix: dependencies ## Everything killed at every moment of a migration; writes docs/migration.md: RUNS=, CELLS= (a part of the name), AT_ONCE=
	@dotnet build tests/Migrations.Tests/Migrations.Tests.csproj -c $(CONFIGURATION) --nologo -v quiet
	@tests/Migrations.Tests/bin/$(CONFIGURATION)/net10.0/Migrations.Tests matrix --runs "$(RUNS)" --cells "$(CELLS)" \
		--at-once "$(AT_ONCE)" --report docs/migration.md

simulate:        ## Seeded runs of a whole node in virtual time: SEEDS=, FIRST=, COVERAGE= (a file); one of them again: ONLY=, ORDER=
	@dotnet build tests/Simulation/Simulation.csproj -c $(CONFIGURATION) --nologo -v quiet
	@tests/Simulation/bin/$(CONFIGURATION)/net10.0/simulate --seeds "$(SEEDS)" --first "$(FIRST)" \
		--only "$(ONLY)" --order "$(ORDER)" --coverage "$(COVERAGE)"

format:          ## Fails if the code is not formatted
	@dotnet format Supervisor.sln --verify-no-changes

dependencies:    ## Installs QEMU when it is missing
	@scripts/install-dependencies

guest:           ## Builds the Linux guest of tests and demo from Debian's packages, once
	@scripts/build-guest

clean:           ## Removes what was built
	@rm -rf out artifacts; find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +
