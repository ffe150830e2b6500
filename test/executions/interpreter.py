"""Runs state machines in the interpreter of moto, with stubs of the services that they call."""

import json
import logging
import os
import subprocess
import threading
import time

os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="us-east-1")

import boto3
import moto.stepfunctions.parser.asl.component.common.string.string_expression as string_expression
import moto.stepfunctions.parser.asl.jsonata.jsonata as jsonata
import moto.stepfunctions.parser.asl.jsonata.validations as validations
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_aws_sdk import StateTaskServiceAwsSdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import StateTaskServiceEcs

# moto logs each failure, also those that a test expects.
logging.disable(logging.CRITICAL)

HERE = os.path.dirname(os.path.abspath(__file__))
TASK = "arn:aws:ecs:us-east-1:123456789012:task/Cluster/0123456789abcdef0"


class Evaluator:
    """The npm package `jsonata` in a process of its own."""

    def __init__(self):
        self.lock = threading.Lock()
        self.node = subprocess.Popen(
            ["node", os.path.join(HERE, "jsonata.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, expression):
        with self.lock:
            self.node.stdin.write(json.dumps(expression) + "\n")
            self.node.stdin.flush()
            answer = json.loads(self.node.stdout.readline())
        if "error" in answer:
            raise jsonata.JSONataException("States.QueryEvaluationError", f"{answer['error']}: {expression}")
        return answer["result"]


def use(evaluator):
    """Replaces what moto lacks, or is stricter about than Step Functions."""
    extract = jsonata.extract_jsonata_variable_references
    jsonata._ILLEGAL_VARIABLE_REFERENCES.clear()
    for module in (jsonata, string_expression, validations):
        module.eval_jsonata_expression = evaluator
        if hasattr(module, "extract_jsonata_variable_references"):
            # `$` inside an expression is the item at hand; Step Functions forbids it at the top level only.
            module.extract_jsonata_variable_references = lambda expression: extract(expression) - {"$", "$$"}
    # moto does not know the parameters of all services, and its list for `RunTask` is older than capacity providers.
    StateTaskService._validate_service_integration_is_supported = lambda self: None
    StateTaskServiceEcs._get_supported_parameters = lambda self: None


class Services:
    """Stubs of ECS and of the services that are called by their SDK. `task` gives the description of a stopped task."""

    def __init__(self, task, **answers):
        self.task = task
        self.answers = answers
        self.calls = []

    def install(self):
        services = self

        def run_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            services.calls.append(("runTask", normalised_parameters))
            env.stack.append(normalised_parameters)

        def sync(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            parameters = env.stack.pop()
            return lambda: services.task(variables_of(parameters))

        def call(self, env, resource_runtime_part, normalised_parameters, state_credentials):
            action = self.resource.api_action
            services.calls.append((action, normalised_parameters))
            env.stack.append(services.answers.get(action, lambda _: {})(normalised_parameters))

        StateTaskServiceEcs._eval_service_task = run_task
        StateTaskServiceEcs._build_sync_resolver = sync
        StateTaskServiceAwsSdk._eval_service_task = call


def variables_of(parameters):
    """The variables of the main container of a `RunTask` call. moto writes names as the SDK does, or as Step Functions does."""
    [container] = field(field(parameters, "overrides"), "containerOverrides")
    return {field(one, "name"): field(one, "value") for one in field(container, "environment")}


def field(value, name):
    """A field whose name begins with a small or a capital letter."""
    return value.get(name, value.get(name[0].upper() + name[1:]))


def stopped(exit_code, **more):
    """A stopped task as Step Functions describes it."""
    containers = [{"Name": "main", "ExitCode": exit_code}]
    return {"TaskArn": TASK, "LastStatus": "STOPPED", "StopCode": "EssentialContainerExited", "Containers": containers, **more}


def execute(definition, given, services):
    """Executes a state machine to its end."""
    services.install()
    client = boto3.client("stepfunctions")
    # The waits between attempts are too long for a test.
    text = json.dumps(definition).replace("$min([30 * ", "0 * $min([30 * ")
    role = "arn:aws:iam::123456789012:role/test"
    machine = client.create_state_machine(name=f"machine-{time.monotonic_ns()}", definition=text, roleArn=role)
    execution = client.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(given))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        described = client.describe_execution(executionArn=execution["executionArn"])
        if described["status"] != "RUNNING":
            return described
        time.sleep(0.05)
    raise TimeoutError(f"The execution does not end: {services.calls}")


def interpreter():
    return mock_aws(config={"stepfunctions": {"execute_state_machine": True}})
