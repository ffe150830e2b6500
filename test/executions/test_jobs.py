"""Whole executions of jobs in an interpreter that is not the tests' own: `python -m unittest` with the definitions in $DEFINITIONS."""

import json
import os
import threading
import unittest

import boto3
from interpreter import Evaluator, Services, execute, interpreter, stopped, use, variables_of

with open(os.environ["DEFINITIONS"], encoding="utf-8") as file:
    DEFINITIONS = json.load(file)

RUNNING = {"describeTasks": lambda _: {"Tasks": [{"LastStatus": "RUNNING"}]}}


def fine(_):
    return stopped(0)


def failing(index):
    """Fails the task with an index."""
    return lambda variables: stopped(1 if variables["JOB_ARRAY_INDEX"] == index else 0)


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        evaluator = Evaluator()
        use(evaluator)
        cls.addClassCleanup(evaluator.node.kill)

    def setUp(self):
        self.enterContext(interpreter())

    def succeeds(self, name, given, services):
        run = execute(DEFINITIONS[name], given, services)
        self.assertEqual(run["status"], "SUCCEEDED", run)
        return json.loads(run["output"])

    def fails(self, name, given, services):
        run = execute(DEFINITIONS[name], given, services)
        self.assertEqual(run["status"], "FAILED", run)
        return run["error"], run["cause"]

    def test_a_run_succeeds_with_overrides(self):
        services = Services(fine)
        output = self.succeeds("One", {"command": ["train.py"], "environment": {"EPOCHS": "3"}, "cpu": 2048}, services)
        self.assertEqual((output["succeeded"], output["tasks"][0]["exitCode"]), (1, 0))
        [(_, call)] = services.calls
        self.assertEqual(variables_of(call)["EPOCHS"], "3")
        self.assertIn("JOB_EXECUTION_ARN", variables_of(call))

    def test_bad_input_runs_nothing(self):
        services = Services(fine)
        error, cause = self.fails("One", {"comand": ["x"]}, services)
        self.assertEqual(error, "MlRunTask.BadInput")
        self.assertIn("does not accept: comand", cause)
        self.assertEqual(services.calls, [])

    def test_an_interrupted_task_runs_again(self):
        ends = [stopped(143, StopCode="SpotInterruption"), stopped(0)]
        output = self.succeeds("One", {}, Services(lambda _: ends.pop(0)))
        self.assertEqual(output["tasks"][0]["attempts"], 2)

    def test_missing_capacity_is_retried_and_then_fails(self):
        reason = {"StopCode": "TaskFailedToStart", "StoppedReason": "TaskFailedToStart: EMPTY CAPACITY PROVIDER"}
        services = Services(lambda _: {**stopped(0, **reason), "Containers": [{"Name": "main"}]})
        self.assertEqual(self.fails("One", {}, services)[0], "MlRunTask.NoCapacity")
        self.assertEqual(len(services.calls), 4)

    def test_a_program_that_fails_is_not_retried(self):
        services = Services(lambda _: stopped(3))
        error, cause = self.fails("One", {}, services)
        self.assertEqual(error, "MlRunTask.ProgramFailed")
        self.assertIn("exited with code 3", cause)
        self.assertEqual(len(services.calls), 1)

    def test_a_task_that_the_watch_stopped_timed_out(self):
        reason = {"StopCode": "UserInitiated", "StoppedReason": "MlRunTask.TimedOut: the task ran for too long"}
        self.assertEqual(self.fails("One", {}, Services(lambda _: stopped(143, **reason)))[0], "MlRunTask.TimedOut")

    def test_each_task_of_an_array_has_its_index(self):
        services = Services(fine)
        self.assertEqual(self.succeeds("Array", {}, services)["succeeded"], 3)
        found = sorted((variables_of(call)["JOB_ARRAY_INDEX"], variables_of(call)["JOB_ARRAY_SIZE"]) for _, call in services.calls)
        self.assertEqual(found, [("0", "3"), ("1", "3"), ("2", "3")])

    def test_an_array_fails_with_its_first_task(self):
        error, cause = self.fails("Array", {}, Services(failing("1")))
        self.assertEqual(error, "MlRunTask.ProgramFailed")
        self.assertTrue(cause.startswith("Task 1 of 3: "), cause)

    def test_an_array_goes_on_and_says_which_tasks_failed(self):
        services = Services(failing("2"))
        error, cause = self.fails("Continue", {}, services)
        self.assertEqual((error, len(services.calls)), ("MlRunTask.TasksFailed", 3))
        self.assertTrue(cause.startswith("1 of 3 tasks failed: 2. Task 2: MlRunTask.ProgramFailed: "), cause)

    def test_a_distributed_array_counts_its_tasks(self):
        output = self.succeeds("Distributed", {"count": 4}, Services(fine))
        self.assertEqual(output, {"tasks": [], "succeeded": 4})

    def test_nodes_wait_for_the_first_one(self):
        def tell(call):
            token = call["Item"]["Token"]["S"]
            client = boto3.client("stepfunctions")
            answer = {"taskToken": token, "output": json.dumps({"address": "10.0.0.7"})}
            threading.Timer(0.3, lambda: client.send_task_success(**answer)).start()
            return {}

        services = Services(fine, putItem=tell)
        self.assertEqual(len(self.succeeds("Nodes", {}, services)["tasks"]), 3)
        nodes = [variables_of(call) for action, call in services.calls if action == "runTask"]
        found = sorted((one["NODE_RANK"], one.get("MASTER_ADDR")) for one in nodes)
        self.assertEqual(found, [("0", None), ("1", "10.0.0.7"), ("2", "10.0.0.7")])

    def test_the_watch_stops_a_task_whose_time_is_over(self):
        given = {"cluster": "c", "task": "t", "since": "2026-01-01T00:00:00Z", "seconds": 60, "status": "*", "reason": "MlRunTask.TimedOut"}
        services = Services(fine, **RUNNING)
        self.succeeds("MlRunTaskWatch", given, services)
        self.assertEqual([action for action, _ in services.calls], ["describeTasks", "stopTask"])
        waiting = Services(fine, **RUNNING)
        self.succeeds("MlRunTaskWatch", {**given, "status": "PROVISIONING"}, waiting)
        self.assertEqual([action for action, _ in waiting.calls], ["describeTasks"])

    def test_the_meeting_tells_the_address_of_the_first_node(self):
        variables = [{"Name": "JOB_RUN_ID", "Value": "run-1"}, {"Name": "JOB_EXECUTION_ARN", "Value": "arn"}]
        task = {
            "Overrides": {"ContainerOverrides": [{"Name": "main", "Environment": variables}]},
            "Containers": [{"Name": "main", "NetworkInterfaces": [{"PrivateIpv4Address": "10.0.0.7"}]}],
        }
        services = Services(fine, describeTasks=lambda _: {"Tasks": [task]}, getItem=lambda _: {"Item": {"Token": {"S": "token"}}})
        self.succeeds("MlRunTaskMeeting", {"cluster": "c", "task": "t"}, services)
        self.assertEqual(services.calls[1][1]["Key"], {"Run": {"S": "arn/run-1"}})
        self.assertEqual(services.calls[2], ("sendTaskSuccess", {"TaskToken": "token", "Output": '{"address":"10.0.0.7"}'}))


if __name__ == "__main__":
    unittest.main()
