import Formats
import Similarity
import Testing

@testable import Runs

@Suite struct ShardChoiceTests {
  @Test(
    "numbers count from 1; anything else is refused",
    arguments: [
      ("1/1", true), ("3/16", true), ("16/16", true), ("0/4", false), ("5/4", false), ("3", false),
      ("a/b", false), ("1/2/3", false), ("-1/3", false), ("1/10001", false), ("", false),
    ])
  func words(_ text: String, _ isValid: Bool) throws {
    if isValid {
      #expect(try ShardChoice(text, environment: [:]).description == text)
    } else {
      #expect(throws: FormatError.self) { try ShardChoice(text, environment: [:]) }
    }
  }

  @Test(
    "all shards together are the whole, in order",
    arguments: [(0, 3), (1, 4), (100, 7), (4097, 64)])
  func whole(_ total: Int, _ count: Int) throws {
    var next = 0
    for number in 1...count {
      let shard = try ShardChoice(number, of: count).shard(of: total)
      #expect(shard.range.lowerBound == next && shard.total == total)
      next = shard.range.upperBound
    }
    #expect(next == total)
  }

  @Test("bounds are those of Python, which sends what is asked for")
  func bounds() throws {
    // test_shards.py has the same numbers.
    #expect(Shard.split(total: 100, into: 3).map(\.range.lowerBound) == [0, 32, 68])
    #expect(Shard.split(total: 1000, into: 4).map(\.range.lowerBound) == [0, 256, 496, 752])
  }

  @Test("an array with gaps is not counted through")
  func gaps() {
    #expect(throws: FormatError.self) {
      try ShardChoice(
        "auto",
        environment: [
          "SLURM_ARRAY_TASK_ID": "9", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_MAX": "9",
          "SLURM_ARRAY_TASK_COUNT": "3",
        ])
    }
  }

  @Test(
    "a part of an array that is submitted again is not taken for all of it",
    arguments: [(0, 3, "1/4"), (1, 4, "1/4"), (3, 3, nil), (2, 4, nil), (5, 8, nil)])
  func again(_ first: Int, _ last: Int, _ expected: String?) throws {
    let environment = [
      "SLURM_ARRAY_TASK_ID": "\(first)", "SLURM_ARRAY_TASK_MIN": "\(first)",
      "SLURM_ARRAY_TASK_MAX": "\(last)", "SLURM_ARRAY_TASK_COUNT": "\(last - first + 1)",
    ]
    if let expected {
      #expect(try ShardChoice("auto", environment: environment).description == expected)
    } else {
      let error = #expect(throws: FormatError.self) {
        try ShardChoice("auto", environment: environment)
      }
      #expect(error?.description.contains("NUMBER/COUNT") == true)
    }
  }
}

@Suite struct SlurmTextTests {
  @Test(
    "shards that are missing are said as sbatch takes them",
    arguments: [
      ([1, 2, 3, 4], "1-4"), ([3, 7, 9], "3,7,9"), ([9, 1, 2, 5, 6, 7], "1-2,5-7,9"), ([4], "4"),
    ])
  func ranges(_ numbers: [Int], _ expected: String) {
    #expect(SlurmScript.ranges(numbers) == expected)
  }

  @Test("the scripts can be read, and hold what was asked for")
  func scripts() {
    let request = SlurmRequest(
      program: "/opt/cka's/cka", atOnce: 2,
      options: ["--partition=gpu", "--gres=gpu:1", "--comment=a comment"],
      preamble: "module load cuda\nconda activate net", environment: ["CKA_HASH": "off"])
    let script = SlurmScript(
      request, folder: "/home/a/jobs/20261124-061530-4f2a", title: "a × b",
      workingDirectory: "/home/a")
    #expect(
      script.shards([1, 2, 3, 7], of: 7) == """
        #!/bin/bash
        # Shards 1-3,7 of 7 of: a × b
        #SBATCH --job-name=cka-4f2a
        #SBATCH --array=1-3,7%2
        #SBATCH --output=/home/a/jobs/20261124-061530-4f2a/parts/part-%a.txt
        #SBATCH --open-mode=append
        #SBATCH --requeue
        #SBATCH --signal=B:USR1@90
        #SBATCH --partition=gpu
        #SBATCH --gres=gpu:1
        #SBATCH --comment="a comment"
        set -e
        export CKA_HASH='off'
        module load cuda
        conda activate net
        cd '/home/a'
        exec '/opt/cka'\\''s/cka' shard '/home/a/jobs/20261124-061530-4f2a' "$SLURM_ARRAY_TASK_ID"

        """)
    let merge = script.merge()
    #expect(merge.contains("#SBATCH --partition=gpu") && !merge.contains("gres"))
    #expect(merge.hasSuffix("shard '/home/a/jobs/20261124-061530-4f2a' merge\n"))
  }

  @Test("only names of variables are exported, and values are words whatever they hold")
  func environment() {
    let request = SlurmRequest(
      program: "/cka",
      environment: ["CKA_A": "a'b\n$(c)", "CKA_; rm -rf x": "", "CKA_É": "", "CKA_B=": "", "1": ""])
    let lines = SlurmScript(request, folder: "/j", title: "t", workingDirectory: "/").merge()
    #expect(lines.contains("set -e\nexport CKA_A='a'\\''b\n$(c)'\ncd '/'"), "\(lines)")
  }

  @Test("a word without a dash belongs to the option before it; the merge gets no GPU")
  func options() {
    let options = SlurmRequest.options(
      in:
        "-p gpu --partition gpu --time=4:00:00 -c4 -Ggpu:1 -c 8 --gres gpu:1 --comment=\"a b\" -A x"
    )
    #expect(
      options == [
        "-p gpu", "--partition=gpu", "--time=4:00:00", "-c4", "-Ggpu:1", "-c 8", "--gres=gpu:1",
        "--comment=\"a b\"", "-A x",
      ])
    let script = SlurmScript(
      SlurmRequest(program: "/cka", options: options), folder: "/50%a/j", title: "t",
      workingDirectory: "/")
    let lines = script.merge().split(separator: "\n").filter { $0.hasPrefix("#SBATCH") }
    #expect(
      lines.dropFirst(4).map { $0.dropFirst(8) } == [
        "-p gpu", "--partition=gpu", "--time=4:00:00", "--comment=\"a b\"", "-A x",
      ])
    #expect(lines.contains("#SBATCH --output=/50%%a/j/log.txt"))
    #expect(script.shards([1], of: 1).contains("--output=/50%%a/j/parts/part-%a.txt\n"))
  }

  @Test("what squeue and scontrol say is understood")
  func queue() {
    // As Slurm 22.05 prints them for an array of five, two at once, and a merge.
    let tasks = SlurmQueue.parse(
      """
      1|3|PENDING|JobArrayTaskLimit
      2|N/A|PENDING|Dependency
      1|1|COMPLETING|None
      1|2|RUNNING|None

      """)
    #expect(tasks.count == 4)
    #expect(tasks[SlurmQueue.Task(job: "1", number: 3)] == .waiting("JobArrayTaskLimit"))
    #expect(tasks[SlurmQueue.Task(job: "2", number: 0)] == .waiting("Dependency"))
    #expect(tasks[SlurmQueue.Task(job: "1", number: 1)] == .running)
    let endings = SlurmQueue.endings(
      controller: """
        JobId=5 ArrayJobId=1 ArrayTaskId=3 JobName=a JobState=FAILED Reason=None ExitCode=0:9
        JobId=4 ArrayJobId=1 ArrayTaskId=2 JobName=a JobState=COMPLETED Reason=None ExitCode=0:0
        JobId=3 ArrayJobId=1 ArrayTaskId=1 JobName=a JobState=NODE_FAIL Reason=None ExitCode=1:0
        """)
    #expect(
      endings == [3: "ended by signal 9", 2: SlurmQueue.completed, 1: "its node went down"])
    let young = """
      JobId=9 ArrayJobId=1 ArrayTaskId=1,4-6%2 JobState=PENDING Reason=Resources ExitCode=0:0
      JobId=8 ArrayJobId=1 ArrayTaskId=2 JobState=RUNNING Reason=None ExitCode=0:0
      JobId=7 ArrayJobId=1 ArrayTaskId=3 JobState=COMPLETED Reason=None ExitCode=0:0
      """
    #expect(SlurmQueue.endings(controller: young) == [3: SlurmQueue.completed])
    let waits = SlurmQueue.TaskState.waiting("Resources")
    #expect(
      SlurmQueue.live(controller: young)
        == [1: waits, 2: .running, 4: waits, 5: waits, 6: waits])
    #expect(SlurmQueue.live(controller: "JobId=2 JobState=RUNNING Reason=None") == [0: .running])
    #expect(SlurmQueue.endings(accounting: "1_4|RUNNING|0:0\n1_[5-7%2]|PENDING|0:0\n").isEmpty)
    #expect(
      SlurmQueue.endings(accounting: "1_4|OUT_OF_MEMORY|0:125\n1_5|TIMEOUT|0:0\n")
        == [4: "out of memory; give it more --mem", 5: "out of time; give it more --time"])
  }
}
