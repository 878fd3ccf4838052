import ArgumentParser
import Glibc
import Runs

/// Comparisons that run in the background.
struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "List and steer comparisons that run in the background.",
    discussion: """
      `cka compute … --background` starts a job, which outlives the terminal and the connection. \
      ID is a job's name or a unique beginning of it, or of its last four digits.

      Exit codes: 0 all is well, 1 there is no such job or it cannot be done, 64 the command line is \
      wrong. `wait` ends with 0 for a finished job, 1 for one that failed, died or was cancelled, \
      124 when it still runs after --timeout.
      """,
    subcommands: [
      List.self, Show.self, Log.self, Wait.self, Cancel.self, Remove.self, Resume.self, Retry.self,
    ],
    defaultSubcommand: List.self)

  /// `--json`, which every subcommand has.
  struct Output: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    /// Prints one job.
    func show(_ status: JobStatus, _ text: (JobStatus) -> String) throws {
      try StandardOutput.print(json ? PrettyJSON.text(JobRecord(status)) : text(status))
    }
  }

  /// Runs `body` with the user's jobs; an error is one line and exit code 1.
  /// - Parameter startsWorker: whether `body` starts a job, on this machine or in Slurm, which needs
  ///   no locks; nil when it does not.
  static func perform(
    startsWorker: Bool? = nil, _ body: (JobStore) throws -> Void
  ) throws {
    do {
      let store = try JobStore()
      if let caution = store.caution, startsWorker ?? store.hasLocalJobs { complain(caution) }
      try body(store)
    } catch let error as JobError {
      throw fail(error.description)
    }
  }

  /// The program that does the work: this one.
  static var worker: WorkerCommand { .thisProgram(["worker"]) }
}

extension JobsCommand {
  /// All jobs.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all jobs, oldest first.")

    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.perform { store in
        let jobs = try store.list()
        try StandardOutput.print(
          output.json ? PrettyJSON.text(jobs.map(JobRecord.init)) : JobTable.text(jobs))
      }
    }
  }

  /// Everything about one job.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say everything about a job.")

    @Argument(help: "The job.") var id: String
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.perform { store in
        try output.show(store.job(store.find(id)), JobTable.details)
      }
    }
  }

  /// What the worker said.
  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a job's log.")

    @Argument(help: "The job.") var id: String
    @Flag(name: [.short, .long], help: "Go on with what is added, until the job is over.")
    var follow = false
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.perform { store in
        let job = try store.find(id)
        if output.json, !follow {
          return try StandardOutput.print(PrettyJSON.text(try store.logLines(job, bytes: 1 << 24)))
        }
        let status = try store.job(job)
        if status.spec?.slurm != nil, !follow {
          for line in try store.logLines(job, bytes: 1 << 24) { try StandardOutput.print(line) }
          return
        }
        var logs = Self.logs(of: status, in: store.folder(job))
        repeat {
          // Asked before the log is read, so that the last lines of a job that ends are not missed.
          let isLive = follow ? try store.job(job).state.isLive : false
          for index in logs.indices {
            for line in try logs[index].reader.newLines(isLast: !isLive) {
              let text = logs[index].prefix + line
              try StandardOutput.print(output.json ? PrettyJSON.text(text) : text)
            }
          }
          if !isLive { break }
          // Files of other machines are not asked for as often.
          usleep(logs.count > 1 ? 2_000_000 : 200_000)
        } while true
      }
    }

    /// The job's log, after those of its shards where Slurm runs it.
    private static func logs(
      of job: JobStatus, in folder: JobFolder
    ) -> [(prefix: String, reader: LogReader)] {
      let shards = job.spec?.slurm == nil ? 0 : max(1, job.spec?.shards ?? 1)
      return (0..<shards).map {
        ("shard \($0 + 1): ", LogReader(path: folder.shards.log($0 + 1)))
      } + [("", LogReader(path: folder.log))]
    }
  }

  /// Until a job is over.
  struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Wait until a job is over.",
      discussion: "Ends with 0 if it finished, 1 if it did not, 124 if it still runs at --timeout.")

    @Argument(help: "The job.") var id: String
    @Option(help: "Seconds after which to stop waiting.") var timeout: Double?
    @OptionGroup var output: Output

    func validate() throws {
      guard timeout.map({ $0 >= 0 }) ?? true else {
        throw ValidationError("--timeout must be 0 or more seconds")
      }
    }

    func run() throws {
      try JobsCommand.perform { store in
        let status = try store.wait(for: store.find(id), timeout: timeout)
        try output.show(status, JobTable.line)
        if status.state.isLive { throw ExitCode(124) }
        if status.state != .finished { throw ExitCode(1) }
      }
    }
  }
}
