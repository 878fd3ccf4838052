import ArgumentParser
import Core
import Explorer
import Formats
import Foundation
import Recipe
import Runs

/// Does what the explorer asks of the jobs, and answers. It may take a while: not for the event
/// loop.
struct JobDesk: Sendable {
  private let places: NamedPlaces
  private let completions = CompletionDesk()
  private let lines = JobLines()

  /// - Parameter places: what the explorer was opened on.
  init(places: NamedPlaces = NamedPlaces(paths: [])) { self.places = places }

  /// The answers to a request.
  /// - Parameter shouldStop: asked while a check or a completion goes on.
  func answer(
    _ request: JobRequest, shouldStop: @escaping @Sendable () -> Bool = { false }
  ) -> [JobReport] {
    do {
      switch request {
      case .check(let recipe): return [Self.check(recipe, shouldStop: shouldStop)]
      case .complete(let question):
        return [completions.answer(question, shouldStop: shouldStop)]
      default: return try perform(request, JobStore())
      }
    } catch let error as JobError {
      return [.refused(error.description)]
    } catch let error as FormatError {
      return [.refused(error.description)]
    } catch {
      return [.refused(BackgroundJob.reason(error))]
    }
  }

  private func perform(_ request: JobRequest, _ store: JobStore) throws -> [JobReport] {
    switch request {
    case .list: return try lines.news(store).map { [.list($0)] } ?? []
    case .open(let name):
      let job = try store.job(store.find(name))
      return [try results(of: job).map { .opened($0) } ?? .refused("job \(name) has no result yet")]
    case .collect(let name):
      // Nobody asked, and nobody waits: what cannot be read says so when it is opened.
      let found = try? results(of: store.job(store.find(name)))
      return found.map { [.finished($0)] } ?? []
    default: return try steer(request, store)
    }
  }

  private func steer(_ request: JobRequest, _ store: JobStore) throws -> [JobReport] {
    switch request {
    case .log(let name): return [.log(name, try store.logLines(store.find(name)))]
    case .details(let name):
      let job = try store.job(store.find(name))
      return [.details(name, facts: JobTable.facts(job), log: try store.logLines(job.id))]
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
    case .submit(let recipe):
      let status = try BackgroundJob.submit(recipe, to: store)
      return [try list(store), .submitted(status.id.description)]
    case .edit(let name):
      guard let spec = try store.job(store.find(name)).spec else {
        return [.refused("nobody knows what job \(name) was asked to do")]
      }
      return [.form(try Self.formRecipe(of: spec))]
    case .openRecipe(let path): return [try Self.openRecipe(path)]
    case .saveRecipe(let path, let recipe, let replacing):
      return [try Self.saveRecipe(path, recipe, replacing: replacing)]
    case .list, .open, .collect, .check, .complete, .cancelCheck, .cancelCompletion: return []
    }
  }

  private func list(_ store: JobStore) throws -> JobReport { .list(try lines.newestFirst(store)) }

  /// The results in the job's file; nil while there is none.
  private func results(of job: JobStatus) throws -> JobResults? {
    guard let path = JobLine.resultFile(of: job) else { return nil }
    let spelling = places.spelling(of: path)
    let isOwn = path == job.result
    guard let spelling, !isOwn else {
      let entries = try ResultFile.results(path: path).map { result in
        CatalogEntry(
          result, folder: "job \(job.id)", name: SafeText.sanitise(result.id.key))
      }
      return JobResults(
        job: job.id.description, entries: entries, isNamed: false,
        replaced: isOwn ? nil : job.result)
    }
    return JobResults(
      job: job.id.description, entries: try places.entries(in: spelling), isNamed: true,
      replaced: job.result)
  }

  private static func check(
    _ recipe: Recipe, shouldStop: @escaping @Sendable () -> Bool
  ) -> JobReport {
    do {
      let lines = try BackgroundJob(recipe).summary(shouldStop: shouldStop)
      return .checked(recipe, lines: lines, isReady: true)
    } catch {
      let trail = (error as? PythonFailure)?.trail ?? []
      return .checked(recipe, lines: [BackgroundJob.reason(error)] + trail, isReady: false)
    }
  }
}
