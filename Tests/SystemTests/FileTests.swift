import Foundation
import Glibc
import Testing

@testable import System

@Suite struct FileReplacementTests {
  private func replace(_ path: String, _ text: String) throws {
    let file = try FileReplacement(of: path)
    try Array(text.utf8).withUnsafeBytes { try file.write($0) }
    try file.commit()
  }

  @Test("the old file stays until the new one is whole; nothing else is left")
  func replaced() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("old", "a")
    chmod(path, 0o640)
    do {
      let file = try FileReplacement(of: path)
      try Array("half".utf8).withUnsafeBytes { try file.write($0) }
      #expect(text(path) == "old")
      #expect(folder.names.count == 2)
    }
    #expect(folder.names == ["a"])
    #expect(text(path) == "old")
    try replace(path, "new")
    #expect(text(path) == "new")
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(folder.names == ["a"])
  }

  @Test(
    "a file of one's own has a fixed name until then, and writes over what a killed writer left")
  func own() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/a"
    try folder.write("left by somebody who was killed", "a.new")
    let file = try FileReplacement(ofOwn: path)
    try Array("whole".utf8).withUnsafeBytes { try file.write($0) }
    #expect(folder.names == ["a.new"])
    try file.commit()
    #expect(text(path) == "whole")
    #expect(folder.names == ["a"])
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test("the longest name there can be is replaced too; a missing folder is said")
  func names() throws {
    let folder = try ScratchFolder()
    let name = String(repeating: "é", count: 127)
    try replace("\(folder.path)/\(name)", "long")
    #expect(folder.names == [name])
    #expect(throws: SystemError("cannot be written", at: "\(folder.path)/no/a", code: ENOENT)) {
      try replace("\(folder.path)/no/a", "lost")
    }
    // What is in the way of the name: the new file goes, the old thing stays.
    try FileManager.default.createDirectory(
      atPath: folder.path + "/full/x", withIntermediateDirectories: true)
    let error = #expect(throws: SystemError.self) { try replace(folder.path + "/full", "no") }
    #expect(error?.what == "cannot be replaced")
    #expect(folder.names == ["full", name].sorted())
  }
}

@Suite struct FileTailTests {
  @Test(
    "the end of a file, and whether that is all",
    arguments: [(3, "xyz", false), (9, "uvwxyz", true)])
  func tail(_ limit: Int, _ expected: String, _ isWhole: Bool) throws {
    let folder = try ScratchFolder()
    let tail = try FileTail(try folder.write("uvwxyz", "a"), limit: limit)
    #expect(String(decoding: tail.bytes, as: UTF8.self) == expected)
    #expect(tail.isWhole == isWhole)
  }

  @Test("a pipe is refused without waiting for its writer")
  func pipe() throws {
    let folder = try ScratchFolder()
    mkfifo(folder.path + "/fifo", 0o600)
    let error = #expect(throws: SystemError.self) {
      try FileTail(folder.path + "/fifo", limit: 10)
    }
    #expect(error?.description == "is not a regular file")
    #expect(throws: SystemError.self) { try FileTail(folder.path + "/missing", limit: 1) }
  }
}

@Suite struct FileWatchTests {
  @Test("what is replaced, written to or deleted is told once; a neighbour is nobody's news")
  func news() throws {
    let folder = try ScratchFolder()
    let (a, b) = (try folder.write("1", "a"), try folder.write("1", "b"))
    let watch = FileWatch()
    watch.watch([a, b])
    #expect(watch.news().isEmpty)
    #expect(!isReadable(watch.descriptor))
    try folder.write("neighbour", "c")
    #expect(isReadable(watch.descriptor))
    #expect(watch.news().isEmpty)
    let file = try FileReplacement(of: a)
    try file.commit()
    #expect(watch.news() == [FileWatch.News(path: a, isGone: false)])
    #expect(watch.news().isEmpty)
    unlink(b)
    #expect(watch.news() == [FileWatch.News(path: b, isGone: true)])
    try folder.write("again", "b")
    #expect(watch.news() == [FileWatch.News(path: b, isGone: false)])
  }

  @Test("a file that changed between its reading and the watch is told of")
  func late() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("1", "a")
    let read = try #require(FileIdentity(path))
    try folder.write("longer", "a")
    let watch = FileWatch()
    watch.note([path: read])
    watch.watch([path])
    #expect(watch.news().map(\.path) == [path])
  }

  @Test("what is no longer watched is no news; one folder spelt twice keeps its watch")
  func spelling() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("1", "a")
    let other = "\(folder.path)/../\(URL(fileURLWithPath: folder.path).lastPathComponent)/a"
    let watch = FileWatch()
    watch.watch([path, other])
    watch.watch([other])
    try folder.write("longer", "a")
    #expect(watch.news().map(\.path) == [other])
    watch.watch([])
    try folder.write("longer still", "a")
    #expect(watch.news().isEmpty)
  }

  @Test("where there is no folder, the file is looked at every time")
  func missingFolder() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/later/a"
    let watch = FileWatch()
    watch.watch([path])
    #expect(watch.news().isEmpty)
    try FileManager.default.createDirectory(
      atPath: folder.path + "/later", withIntermediateDirectories: true)
    try folder.write("here", "later/a")
    #expect(watch.news() == [FileWatch.News(path: path, isGone: false)])
  }
}

@Suite struct MailboxTests {
  @Test("mail wakes, arrives in order, and is taken once")
  func order() {
    let mailbox = Mailbox<Int>()
    #expect(!isReadable(mailbox.descriptor))
    (0..<3).forEach(mailbox.post)
    #expect(isReadable(mailbox.descriptor))
    #expect(mailbox.drain() == [0, 1, 2])
    #expect(mailbox.drain().isEmpty)
    #expect(!isReadable(mailbox.descriptor))
    mailbox.wake()
    #expect(isReadable(mailbox.descriptor))
    #expect(mailbox.drain().isEmpty)
  }

  @Test("more mail than a pipe holds blocks nobody, and all of it arrives")
  func many() async {
    let mailbox = Mailbox<Int>()
    await withTaskGroup(of: Void.self) { group in
      for part in 0..<4 {
        group.addTask { for number in 0..<50_000 { mailbox.post(part * 50_000 + number) } }
      }
    }
    #expect(mailbox.drain().sorted() == Array(0..<200_000))
    #expect(!isReadable(mailbox.descriptor))
  }
}
