import Foundation
import Glibc
import Testing

@testable import System

/// A folder of its own, removed at the end.
final class ScratchFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/system-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, _ name: String) throws -> String {
    let place = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: place))
    return place
  }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

func text(_ path: String) -> String? {
  FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// Looks again and again until `condition` holds; a minute is long enough for the slowest machine.
func eventually(_ condition: () throws -> Bool) throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while try !condition() {
    try #require(ContinuousClock.now < deadline, "it did not come true in a minute")
    usleep(5000)
  }
}

/// Whether `descriptor` can be read now.
func isReadable(_ descriptor: Int32) -> Bool {
  var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&polled, 1, 0) == 1
}
