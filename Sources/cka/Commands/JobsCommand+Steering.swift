import ArgumentParser
import Runs

extension JobsCommand {
  /// Stops jobs.
  struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Stop jobs; what they have computed stays, and `resume` goes on.")

    @Argument(help: "The jobs.") var ids: [String]
    @Option(help: "Seconds that a job gets to stop by itself before it is killed.") var grace = 5.0
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.each(ids) { store, id in
        try output.show(store.cancel(id, grace: max(0, grace)), JobTable.line)
      }
    }
  }

  /// Deletes jobs.
  struct Remove: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete jobs and their partial results; results written elsewhere stay.")

    @Argument(help: "The jobs.") var ids: [String]
    @Flag(name: [.short, .long], help: "Stop a job that is still at work first.") var force = false
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.each(ids) { store, id in
        let status = try store.job(id)
        try store.remove(id, force: force)
        try output.show(status) { "\($0.id) removed" }
      }
    }
  }

  /// Goes on.
  struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Go on with jobs that failed, died or were cancelled, from their last checkpoint.")

    @Argument(help: "The jobs.") var ids: [String]
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.each(ids) { store, id in
        try output.show(store.resume(id, worker: JobsCommand.worker), JobTable.line)
      }
    }
  }

  /// Starts over.
  struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Start the same comparisons again, from the beginning, as new jobs.")

    @Argument(help: "The jobs.") var ids: [String]
    @OptionGroup var output: Output

    func run() throws {
      try JobsCommand.each(ids) { store, id in
        try output.show(store.retry(id, worker: JobsCommand.worker), JobTable.line)
      }
    }
  }

  /// Does something to every job named; one that refuses does not keep the others from it.
  private static func each(_ names: [String], _ body: (JobStore, JobID) throws -> Void) throws {
    try perform { store in
      var isFine = true
      for name in names {
        do {
          try body(store, try store.find(name))
        } catch let error as JobError {
          complain(error.description)
          isFine = false
        }
      }
      if !isFine { throw ExitCode(1) }
    }
  }
}
