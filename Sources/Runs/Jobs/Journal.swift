import Core
import Foundation
import Glibc
import System

/// One line of a job's journal: everything that was known at `time`, so that the last line that can
/// be read is enough.
struct JournalEntry: Codable, Equatable, Sendable {
  var time: Timestamp
  var attempt: Int
  var state: JobState
  /// When this attempt joined the queue.
  var queued: Timestamp
  /// When this attempt got its turn.
  var started: Timestamp?
  var progress: JobProgress?
  var reason: String?

  /// The first line of an attempt.
  init(attempt: Int, queued time: Timestamp) {
    self.time = time
    self.attempt = attempt
    self.state = .queued
    self.queued = time
  }
}

/// `progress.jsonl`: written by the one who holds the job's lock, read by anyone at any moment.
enum Journal {
  /// How much of the end is looked at; a line is at most a few kilobytes.
  static let window = 64 << 10

  /// The last line that can be read, with its texts made safe; nil when there is none.
  static func last(_ path: String) -> JournalEntry? {
    guard let tail = try? SmallFile.tail(path, limit: window) else { return nil }
    let decoder = JSONDecoder()
    for line in tail.bytes.split(separator: UInt8(ascii: "\n")).reversed() {
      guard var entry = try? decoder.decode(JournalEntry.self, from: Data(line)),
        entry.attempt > 0
      else { continue }
      entry.progress = entry.progress?.cleaned
      entry.reason = entry.reason.map(SafeText.sanitise)
      return entry
    }
    return nil
  }

  /// Appends a line in one write.
  /// - Parameter isLasting: wait until it is on the disk.
  static func append(
    _ entry: JournalEntry, to path: String, isLasting: Bool
  ) throws(JobError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(entry) else {
      throw JobError(.broken, "this entry cannot be written as JSON", at: path)
    }
    let flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(path, flags, 0o600)
    guard descriptor >= 0 else { throw .system("cannot be written", path) }
    defer { close(descriptor) }
    // What a full disk or a crash cut short must not spoil the line after it.
    let line = (endsMidLine(descriptor) ? [UInt8(ascii: "\n")] : []) + json + [UInt8(ascii: "\n")]
    do throws(SystemError) {
      try Descriptor.write(line, to: descriptor)
    } catch {
      throw .system("cannot be written", path, error.code)
    }
    guard !isLasting || fsync(descriptor) == 0 else { throw .system("cannot be written", path) }
  }

  private static func endsMidLine(_ descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return false }
    var last: UInt8 = 0
    return pread(descriptor, &last, 1, status.st_size - 1) == 1 && last != UInt8(ascii: "\n")
  }
}
