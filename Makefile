# `make run` and `make test` need nothing but a network of packages; `make help` lists the rest.

JAR := target/wanda-gpu.jar
SOURCES := pom.xml $(shell find src/main benchmarks models -type f 2>/dev/null)
# Maven may run on any Java; it finds the JDK for compiler and tests by this variable.
MVN = JAVA25_HOME="$$(scripts/jdk.sh)" mvn -B -ntp

.PHONY: help run test jar bench kernels gpu-check setup clean
.DEFAULT_GOAL := help

help:
	@echo "make run        sets up, builds, prunes the embedded tiny-llama and shows the perplexities"
	@echo "make test       sets up and runs all tests"
	@echo "make jar        builds $(JAR) without tests"
	@echo "make bench      runs the benchmarks of the jar on this machine"
	@echo "make kernels    compiles the CUDA kernels to PTX (needs nvcc of CUDA 13.0)"
	@echo "make gpu-check  checks and times the CUDA kernels on this machine's GPU (needs python3 with numpy)"
	@echo "make setup      installs JDK 25 and Maven as root on Debian or Ubuntu, else names what is missing"
	@echo "make clean      removes what was built"

setup:
	@scripts/setup.sh

run: $(JAR)
	@scripts/demo.sh

test: setup
	$(MVN) test

jar: $(JAR)

$(JAR): $(SOURCES) | setup
	@echo "building $(JAR)"
	@$(MVN) -q package -Dmaven.test.skip=true

bench: $(JAR)
	"$$(scripts/jdk.sh)/bin/java" -jar $(JAR) bench

kernels:
	@kernels/build.sh
	@$(MVN) -q test -Dtest=KernelResourcesTest -Dkernels.write=true

gpu-check:
	@python3 kernels/check/check.py

clean:
	rm -rf target
