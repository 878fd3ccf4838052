import CKACore
import Explorer
import Formats
import Foundation
import Jobs

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
    submitted = job.created.map { Self.day.format($0.date) } ?? ""
    command = job.spec.map { "cka " + $0.command.map(Self.quoted).joined(separator: " ") } ?? ""
    result = job.result
    version = job.result.map(Self.version) ?? ""
  }

  /// An argument as a shell takes it, made safe to show.
  private static func quoted(_ argument: String) -> String {
    let plain = argument.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 && byte >= 0x40
        || "0123456789-_./=:,+@%".utf8.contains(byte)
    }
    let text = plain && !argument.isEmpty ? argument : "'\(argument.replacing("'", with: "'\\''"))'"
    return SafeText.sanitise(text)
  }

  /// A checkpoint is another file under the same name.
  private static func version(_ path: String) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { return "" }
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

/// The figures worth watching that a worker reports.
enum JobNumber: String {
  /// Samples a second.
  case rate
  /// The largest 95 % half width of all cells.
  case halfWidth = "half-width"
}
