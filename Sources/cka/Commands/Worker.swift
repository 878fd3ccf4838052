import ArgumentParser
import Foundation
import Runs

/// The process that does a job's work. Jobs start it; by hand it takes up a job that has no worker.
struct Worker: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Do a job's work.", shouldDisplay: false)

  @Argument(help: "The job's folder.")
  var folder: String

  func run() throws {
    do {
      let session = try WorkerSession(folder: folder)
      let outcome = Self.outcome(session)
      do throws(JobError) {
        try session.finish(outcome)
      } catch {
        // Where the job's folder is gone, its log is too, and this is the only place for the reason.
        if case .failed(let reason) = outcome { complain(reason) }
        throw error
      }
    } catch let error as JobError {
      throw fail(error.description)
    }
  }

  private static func outcome(_ session: WorkerSession) -> JobOutcome {
    do {
      return try session.waitForTurn() ? work(session) : .cancelled
    } catch {
      // What keeps it from its turn is a reason like any other, and better told than a silent end.
      return .failed(error.description)
    }
  }

  private static func work(_ session: WorkerSession) -> JobOutcome {
    do {
      let spec = session.spec
      guard FileManager.default.changeCurrentDirectoryPath(spec.workingDirectory) else {
        throw fail("\(spec.workingDirectory): the job's working directory is missing")
      }
      session.log("cka \(Version.current), attempt \(session.attempt)")
      let job = try BackgroundJob(spec)
      var request = job.request
      request.devices = (spec.devices ?? []).map { $0.isEmpty ? nil : $0 }
      if let note = try CodeNote.line(job.recipe, namesPython: job.namesPython) {
        session.log(note)
      }
      let sink = JobSink(session, output: job.output, complain: complain)
      return sink.outcome(
        isWhole: try ComputeCommand.perform(request, output: job.output, sink: sink))
    } catch is CancellationError {
      return .cancelled
    } catch {
      let reason = BackgroundJob.reason(error)
      session.log("failed: \(reason)")
      return .failed(reason)
    }
  }
}
