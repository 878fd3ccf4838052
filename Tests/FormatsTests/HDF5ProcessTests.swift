import CHDF5
import Foundation
import Testing

@testable import Formats

/// The process that reads HDF5: what it may do, and what is told when it does not answer.
@Suite(.serialized) struct HDF5ProcessTests {
  private static let reader = [BuiltProgram.path, "read-hdf5", "--"]

  /// What a process says that has given everything up, then tries what it must not be able to do.
  private func tried(_ what: String) throws -> String {
    let probe = (BuiltProgram.path as NSString).deletingLastPathComponent + "/ReaderProbe"
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: probe)
    process.arguments = [what]
    process.standardOutput = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test(
    "a confined process opens, connects, starts and signals nothing",
    arguments: [
      "open", "socket", "connect", "fork", "spawn", "exec", "kill", "executable-memory",
      "protect-executable", "parent", "unlink", "stat",
    ])
  func confined(what: String) throws {
    #expect(try tried(what) == "filtered \(what): Operation not permitted")
  }

  @Test("it reads and writes what it has, gets memory up to its limit, and no privileges")
  func allowed() throws {
    #expect(try tried("read") == "filtered read: works")
    #expect(try tried("memory") == "filtered memory: works")
    #expect(try tried("too-much-memory") == "filtered too-much-memory: Cannot allocate memory")
    #expect(try tried("privileges") == "filtered privileges: none to be had")
  }

  @Test("a program that is not there is told as that, and not as a damaged file")
  func notStarted() throws {
    let error = #expect(throws: FormatError.self) {
      try HDF5Child.read(["/nowhere/cka"], path: "any")
    }
    #expect(error == HDF5Failure.notStarted(ENOENT).error)
    #expect(error?.kind == .process)
    #expect(error?.remedy.contains("copy") == false)
  }

  @Test(
    "one that ends before it reads is told as that",
    arguments: [("/bin/false", Int32(1)), ("/bin/true", 0)])
  func endedEarly(program: String, code: Int32) {
    let error = #expect(throws: FormatError.self) { try HDF5Child.read([program], path: "any") }
    #expect(error == HDF5Failure.endedEarly(code: code, signal: 0).error)
  }

  /// A program that greets, then ends as `line` of shell says.
  private func greeting(then line: String) -> [String] {
    ["/bin/sh", "-c", "printf h; \(line)", "sh"]
  }

  @Test("what becomes of a process that reads says what was wrong")
  func ends() throws {
    let cases: [(String, HDF5Failure)] = [
      ("kill -SEGV $$", .crashed(signal: SIGSEGV)), ("kill -ABRT $$", .crashed(signal: SIGABRT)),
      ("kill -KILL $$", .killed(signal: SIGKILL)), ("kill -XCPU $$", .late(seconds: 10)),
      ("exit 3", .nonsense), ("exit 12", .outOfMemory),
      ("printf '\\377\\377\\377\\377\\377\\377\\377\\377'", .nonsense),
    ]
    HDF5Patience.renew()
    for (line, failure) in cases {
      let error = #expect(throws: FormatError.self) {
        try HDF5Child.read(greeting(then: line), path: "any")
      }
      #expect(error == failure.error, "\(line)")
    }
  }

  @Test("files without an end share one allowance, and the next folder has a new one")
  func patience() throws {
    defer { HDF5Patience.renew() }
    HDF5Patience.renew()
    #expect(HDF5Patience.allowance == HDF5Patience.secondsForFile)
    HDF5Patience.spend(.seconds(26))
    #expect(HDF5Patience.allowance == 4)
    HDF5Patience.spend(.seconds(26))
    let error = #expect(throws: FormatError.self) {
      try HDF5Child.read(Self.reader, path: "any.h5")
    }
    #expect(error == HDF5Failure.noPatienceLeft.error)
    HDF5Service.beginFolder()
    #expect(HDF5Patience.allowance == HDF5Patience.secondsForFile)
  }

  /// A file of few bytes whose matrix of `side` × `side` zeros was never written.
  private func unwritten(_ path: String, side: hsize_t) throws {
    try HDF5Reader.locked {
      let file = H5Fcreate(path, 2, 0, 0)
      let sizes = [side, side]
      let space = H5Screate_simple(2, sizes, nil)
      let dataset = H5Dcreate2(file, "CKA", cka_h5_float64(), space, 0, 0, 0)
      H5Dclose(dataset)
      H5Sclose(space)
      H5Fclose(file)
    }
  }

  @Test("a small file that unpacks to 800 MB is refused, and costs neither process the memory")
  func unpacking() throws {
    let folder = try ScratchFolder()
    try unwritten(folder.path + "/bomb.h5", side: 10_000)
    HDF5Service.use(Self.reader)
    let error = #expect(throws: FormatError.self) {
      try ResultFile.read(path: folder.path + "/bomb.h5")
    }
    #expect(error?.kind == .tooLarge, "\(error as Any)")
    try unwritten(folder.path + "/small.h5", side: 1000)
    #expect(try ResultFile.read(path: folder.path + "/small.h5").first?.matrix.rows == 1000)
  }
}
