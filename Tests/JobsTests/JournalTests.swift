import Foundation
import Glibc
import Testing

@testable import Runs

@Suite struct JournalTests {
  private func entry(_ done: Int) -> JournalEntry {
    var entry = JournalEntry(attempt: 1, queued: Timestamp(Date(timeIntervalSince1970: 1e9)))
    entry.state = .running
    entry.progress = JobProgress(done: done, total: 10, fraction: Double(done) / 10)
    return entry
  }

  @Test func cutAnywhereTheLastWholeLineIsRead() throws {
    let scratch = try ScratchStore()
    let path = scratch.path + "/progress.jsonl"
    for done in 1...3 { try Journal.append(entry(done), to: path, isLasting: false) }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let ends = bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }
    #expect(ends.count == 3)
    for count in 0...bytes.count {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
      // A line is whole without the byte that ends it.
      let whole = ends.filter { $0 <= count }.count
      #expect(Journal.last(path)?.progress?.done == (whole == 0 ? nil : whole))
    }
  }

  @Test func aLineAfterATornOneIsWhole() throws {
    let scratch = try ScratchStore()
    let path = scratch.path + "/progress.jsonl"
    try Data(#"{"attempt":1,"state":"runn"#.utf8).write(to: URL(fileURLWithPath: path))
    try Journal.append(entry(7), to: path, isLasting: true)
    #expect(Journal.last(path) == entry(7))
  }

  @Test func garbageIsPassedOver() throws {
    let scratch = try ScratchStore()
    let path = scratch.path + "/progress.jsonl"
    try Journal.append(entry(4), to: path, isLasting: false)
    let garbage = [
      "null", "[]", "{}", #"{"attempt":-5}"#, "\u{0}\u{1}", String(repeating: "[", count: 30_000),
      #"{"attempt":99999999999999999999999999}"#,
    ]
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes.append(Data(garbage.joined(separator: "\n").utf8))
    bytes.append(contentsOf: [0xFF, 0xFE, 0x0A, 0x0A])
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(Journal.last(path) == entry(4))
  }

  @Test func onlyTheEndOfAHugeJournalIsRead() throws {
    let scratch = try ScratchStore()
    let path = scratch.path + "/progress.jsonl"
    try Data().write(to: URL(fileURLWithPath: path))
    truncate(path, 1 << 40)
    try Journal.append(entry(9), to: path, isLasting: false)
    #expect(Journal.last(path) == entry(9))
  }
}
