import Foundation
import Glibc
import Testing

@testable import Runs

@Suite struct StatusTests {
  private let name = "20261124-061530-4f2a"
  private let spec =
    #"{"version":1,"title":"t\u001b[2J","command":[],"workingDirectory":"/","#
    + #""created":"2026-11-24T06:15:30.000Z","environment":{}}"#

  @Test func whatCannotBeUnderstoodIsBroken() throws {
    let cases = [
      ("", "is no specification"), ("nonsense", "is no specification"),
      (#"{"version":9}"#, "has version 9, this program knows 1"),
      (#"{"version":1}"#, "lacks keys"),
      (String(repeating: "[", count: 100_000), "is no specification"),
      (String(repeating: " ", count: 2 << 20), "is larger"),
      (spec.replacing("2026-11-24", with: "2026-99-24"), "lacks keys"),
    ]
    for (text, reason) in cases {
      let scratch = try ScratchStore()
      let id = try scratch.makeFolder(name, ["spec.json": text])
      let status = try scratch.status(id)
      #expect(status.state == .broken)
      #expect(status.title == name)
      #expect(status.reason?.contains(reason) == true, "\(status.reason ?? "")")
      #expect(try scratch.store.list() == [status])
      let error = #expect(throws: JobError.self) { try scratch.store.resume(id, worker: probe) }
      #expect(error?.kind == .broken)
      try scratch.store.remove(id)
      #expect(try scratch.store.list().isEmpty)
    }
  }

  @Test func filesOfTheWrongKindDoNotBlock() throws {
    let scratch = try ScratchStore()
    let id = try scratch.makeFolder(name, [:])
    #expect(try scratch.status(id).reason?.contains("No such file") == true)
    mkfifo(scratch.store.folder(id).spec, 0o600)
    #expect(try scratch.status(id).reason?.contains("is not a regular file") == true)
    unlink(scratch.store.folder(id).spec)
    mkdir(scratch.store.folder(id).spec, 0o700)
    #expect(try scratch.status(id).reason?.contains("is not a regular file") == true)
    let other = try scratch.makeFolder("20261124-061531-0000", ["spec.json": spec])
    mkfifo(scratch.store.folder(other).journal, 0o600)
    mkfifo(scratch.store.folder(other).lock, 0o600)
    #expect(try scratch.status(other).state == .died)
  }

  @Test func whatIsNotOursIsPassedOver() throws {
    let scratch = try ScratchStore()
    for file in ["notes.txt", "20261124-061530-4f2a", ".new-x"] {
      try Data().write(to: URL(fileURLWithPath: "\(scratch.path)/\(file)"))
    }
    symlink("/etc", "\(scratch.path)/20261124-061530-4f2b")
    #expect(try scratch.store.list().isEmpty)
    let linked = try #require(JobID("20261124-061530-4f2b"))
    #expect(throws: JobError.self) { try scratch.store.remove(linked, force: true) }
    #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
  }

  @Test func aFolderThatIsNotThereIsEmpty() throws {
    let store = try JobStore(root: URL(fileURLWithPath: "/missing/jobs"))
    #expect(try store.list().isEmpty)
    let error = #expect(throws: JobError.self) { try store.find("4f2a") }
    #expect(error?.kind == .noSuchJob)
    let file = try JobStore(root: URL(fileURLWithPath: "/etc/passwd"))
    #expect(throws: JobError.self) { try file.list() }
  }

  @Test func textsAreMadeSafe() throws {
    let scratch = try ScratchStore()
    let id = try scratch.makeFolder(name, ["spec.json": spec, "log.txt": "a\u{1B}]0;x\u{7}\nb"])
    #expect(try scratch.status(id).title == #"t\u{1B}[2J"#)
    #expect(try scratch.store.logLines(id) == [#"a\u{1B}]0;x\u{7}"#, "b"])
    #expect(try scratch.store.logLines(id, bytes: 4) == ["b"])
  }

  @Test func jobsAreFoundByTheirStart() throws {
    let scratch = try ScratchStore()
    let names = ["20261124-061530-4f2a", "20261124-061530-4f3b", "20261125-000000-0001"]
    let ids = try names.map { try scratch.makeFolder($0, [:]) }
    #expect(try scratch.store.find("20261125") == ids[2])
    #expect(try scratch.store.find("4f3") == ids[1])
    #expect(try scratch.store.find(names[0]) == ids[0])
    for text in ["4f", "2026"] {
      let error = #expect(throws: JobError.self) { try scratch.store.find(text) }
      #expect(error?.kind == .ambiguous)
    }
    for text in ["", "x", "../x"] {
      let error = #expect(throws: JobError.self) { try scratch.store.find(text) }
      #expect(error?.kind == .noSuchJob)
    }
  }

  @Test func aStatusIsTheSameForEveryEncoder() throws {
    let scratch = try ScratchStore()
    let id = try scratch.submit("count", "1", "0")
    let end = try scratch.store.wait(for: id, timeout: 60)
    let json = try JSONEncoder().encode(end)
    #expect(try JSONDecoder().decode(JobStatus.self, from: json) == end)
    let text = String(decoding: json, as: UTF8.self)
    #expect(text.contains(#""state":"finished""#))
    #expect(text.contains("\"id\":\"\(id)\""))
  }
}
