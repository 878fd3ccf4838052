import ArgumentParser
import CKACore
import Explorer
import Formats
import Foundation
import Jobs

/// Does what the explorer asks of the jobs, and answers. It may take a while: not for the event loop.
struct JobDesk: Sendable {
  private let completions = CompletionDesk()

  /// The answers to a request.
  /// - Parameter shouldStop: asked while a check or a completion goes on.
  func answer(
    _ request: JobRequest, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) -> [JobReport] {
    do {
      switch request {
      case .check(let arguments): return [Self.check(arguments, shouldStop: shouldStop)]
      case .complete(let question):
        return [completions.answer(question, shouldStop: shouldStop)]
      default: return try Self.perform(request, JobStore())
      }
    } catch let error as JobError {
      return [.refused(error.description)]
    } catch let error as FormatError {
      return [.refused(error.description)]
    } catch {
      return [.refused(BackgroundJob.reason(error))]
    }
  }

  private static func perform(_ request: JobRequest, _ store: JobStore) throws -> [JobReport] {
    switch request {
    case .list: return [try list(store)]
    case .open(let name): return [try open(try store.job(store.find(name)))]
    case .log(let name): return [.log(name, try store.logLines(store.find(name)))]
    case .cancel(let name):
      let status = try store.requestCancel(store.find(name))
      return [
        try list(store), .done("job \(name) \(status.state.isLive ? "is stopping" : "stopped")"),
      ]
    case .resume(let name):
      try store.resume(store.find(name), worker: JobsCommand.worker)
      return [try list(store), .done("job \(name) goes on")]
    case .retry(let name):
      let status = try store.retry(store.find(name), worker: JobsCommand.worker)
      return [try list(store), .submitted(status.id.description)]
    case .remove(let name):
      try store.remove(store.find(name))
      return [try list(store), .done("job \(name) removed")]
    case .submit(let arguments):
      let status = try BackgroundJob.submit(arguments, to: store)
      return [try list(store), .submitted(status.id.description)]
    case .edit(let name):
      guard let spec = try store.job(store.find(name)).spec else {
        return [.refused("nobody knows what job \(name) was asked to do")]
      }
      return [.form(try formArguments(of: spec.command, in: spec.workingDirectory))]
    case .openStudy(let path): return [try openStudy(path)]
    case .saveStudy(let path, let arguments, let replacing):
      return [try saveStudy(path, arguments, replacing: replacing)]
    case .check, .complete, .cancelCheck, .cancelCompletion: return []
    }
  }

  private static func list(_ store: JobStore) throws -> JobReport {
    .list(try store.list().reversed().map(JobLine.init))
  }

  private static func open(_ job: JobStatus) throws -> JobReport {
    guard let path = job.result else {
      return .refused("job \(job.id) has no result yet")
    }
    let entries = try ResultFile.read(path: path).map { comparison in
      CatalogEntry(
        comparison, folder: "job \(job.id)", name: SafeText.sanitise(comparison.id.key))
    }
    return .opened(job.id.description, entries)
  }

  private static func check(
    _ arguments: [String], shouldStop: @escaping @Sendable () -> Bool
  ) -> JobReport {
    do {
      let lines = try BackgroundJob(arguments).summary(shouldStop: shouldStop)
      return .checked(arguments, lines: lines, isReady: true)
    } catch {
      return .checked(arguments, lines: [BackgroundJob.reason(error)], isReady: false)
    }
  }
}
