import Core
import Explorer
import Runs

/// Jobs in words: a line for each, and all that is known of one.
enum JobTable {
  /// A table with a line for each job.
  static func text(_ jobs: [JobStatus]) -> String {
    guard !jobs.isEmpty else { return "no jobs; cka compute … --background starts one" }
    let rows = [["ID", "STATE", "DONE", "LEFT", "WHAT"]] + jobs.map(cells)
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let front = zip(row, widths).map { text, width in
        text + String(repeating: " ", count: width - text.count)
      }
      return (front + [row[4]]).joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// One line about one job.
  static func line(_ job: JobStatus) -> String {
    let line = JobLine(job)
    let parts = [line.percent, line.progress, line.reason ?? ""].filter { !$0.isEmpty }
    return (["\(line.id) \(line.state.rawValue)"] + parts).joined(separator: ", ")
  }

  /// Everything about one job.
  static func details(_ job: JobStatus) -> String { facts(job).joined(separator: "\n") }

  /// The same, a line for each fact.
  static func facts(_ job: JobStatus) -> [String] {
    let line = JobLine(job)
    let progress = [line.percent, line.progress].filter { !$0.isEmpty }.joined(separator: ", ")
    let rows: [(String, String?)] = [
      ("job", line.id), ("what", line.title), ("state", line.state.rawValue),
      ("reason", line.reason), ("progress", progress),
      ("script", job.spec?.slurm.map { _ in JobFolder(path: job.folder).script }),
      ("message", job.progress?.message),
      ("attempt", job.attempt > 1 ? String(job.attempt) : nil),
      ("submitted", job.created?.description), ("started", job.started?.description),
      ("last heard of", job.updated?.description), ("command", line.command),
      ("in folder", job.spec?.workingDirectory), ("output", job.spec?.output),
      (job.state == .finished ? "result" : "partial result", job.result), ("log", job.log),
    ]
    return rows.compactMap { name, text in
      guard let text, !text.isEmpty else { return nil }
      return name + String(repeating: " ", count: 16 - name.count) + SafeText.sanitise(text)
    }
  }

  private static func cells(_ job: JobStatus) -> [String] {
    let line = JobLine(job)
    let left = line.state.isLive ? line.eta.map(JobLine.clock) : nil
    let reason = line.state.isLive ? nil : line.reason
    let what = [line.title, reason].compactMap { $0 }.joined(separator: ": ")
    return [line.id, line.state.rawValue, line.percent, left ?? "", what]
  }
}
