import ArgumentParser
import CKACore
import Explorer
import Formats
import Foundation
import Jobs

/// Does what the explorer asks of the jobs, and answers. It may take a while: not for the event loop.
enum JobDesk {
  /// The answers to a request.
  static func answer(_ request: JobRequest) -> [JobReport] {
    do {
      return try perform(request, JobStore())
    } catch let error as JobError {
      return [.refused(error.description)]
    } catch let error as FormatError {
      return [.refused(error.description)]
    } catch {
      return [.refused(SafeText.sanitise("\(error)"))]
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
    case .check(let arguments): return [check(arguments)]
    case .submit(let arguments):
      let status = try BackgroundJob.submit(arguments, to: store)
      return [try list(store), .submitted(status.id.description)]
    case .complete(let text): return [.completions(text, PathCompletion.paths(beginning: text))]
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

  private static func check(_ arguments: [String]) -> JobReport {
    do {
      return .checked(arguments, lines: try BackgroundJob(arguments).summary(), isReady: true)
    } catch {
      return .checked(arguments, lines: [BackgroundJob.reason(error)], isReady: false)
    }
  }
}

/// Completes paths as a shell does.
enum PathCompletion {
  /// Most paths that are offered.
  private static let most = 200

  /// Files and folders whose path begins with `text`, in natural order; folders end in a slash.
  static func paths(beginning text: String) -> [String] {
    let slash = text.lastIndex(of: "/")
    let folder = slash.map { String(text[...$0]) } ?? ""
    let start = slash.map { String(text[text.index(after: $0)...]) } ?? text
    let place = (folder.isEmpty ? "." : (folder as NSString).expandingTildeInPath)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return names.filter { $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix(".")) }
      .sorted(by: naturalOrder).prefix(most).map { name in
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
          atPath: place + "/" + name, isDirectory: &isFolder)
        return folder + name + (exists && isFolder.boolValue ? "/" : "")
      }
  }
}
