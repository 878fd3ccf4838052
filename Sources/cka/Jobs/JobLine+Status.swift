import Core
import Explorer
import Formats
import Foundation
import Runs

extension JobLine {
  /// The job in the words of people: `cka jobs` and the explorer say the same.
  init(_ job: JobStatus) {
    let state = State(rawValue: job.isCancelling ? "cancelling" : job.state.rawValue)
    self.init(id: job.id.description, title: job.title, state: state ?? .broken)
    reason = job.reason
    (fraction, eta) = (job.progress?.fraction, job.progress?.eta)
    (done, total) = (job.progress?.done, job.progress?.total)
    rate = job.progress?.numbers[JobNumber.rate.rawValue]
    halfWidth = job.progress?.numbers[JobNumber.halfWidth.rawValue]
    shards = job.shards?.text
    submitted = job.created.map { Self.day.format($0.date) } ?? ""
    command =
      job.spec.map { "cka " + $0.command.map(ShellWord.quoted).joined(separator: " ") } ?? ""
    result = Self.resultFile(of: job)
    version = result.map(Self.version) ?? ""
    folder = job.folder
    log = SafeText.sanitise(job.log)
  }

  /// The file that shows the job's result: where the user wanted it, once it is written there and
  /// as long as nobody else writes there; until then, and after, the job's own copy. Nil while
  /// there is none.
  static func resultFile(of job: JobStatus) -> String? {
    guard job.state == .finished, let output = job.spec?.output, let end = job.updated,
      let own = job.result, let written = status(output), let copy = status(own),
      written.st_mode & S_IFMT == S_IFREG, written.st_size == copy.st_size,
      // The file system may have a clock of its own.
      Double(written.st_mtim.tv_sec) <= end.date.timeIntervalSince1970 + 2
    else { return job.result }
    return output
  }

  private static func status(_ path: String) -> stat? {
    var found = stat()
    return stat(path, &found) == 0 ? found : nil
  }

  /// A checkpoint is another file under the same name.
  private static func version(_ path: String) -> String {
    guard let status = status(path) else { return "" }
    return "\(status.st_ino) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)"
  }

  /// Local time, "11-24 06:15".
  private static let day = Date.VerbatimFormatStyle(
    format: """
      \(month: .twoDigits)-\(day: .twoDigits) \
      \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)
      """,
    timeZone: .current, calendar: Calendar(identifier: .gregorian))
}
