import Foundation
import Glibc
import Testing

@testable import Formats

@Suite struct AtomicFileTests {
  private func content(_ path: String) -> [UInt8]? {
    FileManager.default.contents(atPath: path).map { Array($0) }
  }

  private func names(_ folder: ScratchFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  @Test func makesAndReplacesAFile() throws {
    let folder = try ScratchFolder()
    let path = folder.path + "/a.csv"
    try AtomicFile.write([1, 2, 3], to: path)
    #expect(content(path) == [1, 2, 3])
    try AtomicFile.write([], to: path)
    #expect(content(path) == [])
    #expect(try names(folder) == ["a.csv"])
  }

  @Test func keepsTheModeOfTheOldFile() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([0], "a")
    chmod(path, 0o640)
    try AtomicFile.write([1], to: path)
    #expect(mode(path) == 0o640)
  }

  @Test func followsALink() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([0], "real")
    symlink("real", folder.path + "/link")
    try AtomicFile.write([7], to: folder.path + "/link")
    #expect(content(path) == [7])
    #expect(try names(folder) == ["link", "real"])
  }

  @Test func longNamesFit() throws {
    let folder = try ScratchFolder()
    let name = String(repeating: "é", count: 127)
    try AtomicFile.write([1], to: folder.path + "/" + name)
    #expect(try names(folder).count == 1)
  }

  @Test func refusesWhatIsNoFile() throws {
    let folder = try ScratchFolder()
    let missing = folder.path + "/no/a"
    for (path, problem) in [
      (folder.path, "is a folder"), ("/dev/null", "is not a regular file"), ("", "not a file name"),
      (missing, "cannot be written"),
    ] {
      let error = #expect(throws: FormatError.self) { try AtomicFile.write([1], to: path) }
      #expect(error?.kind == .unwritable)
      #expect(error?.problem.hasPrefix(problem) == true)
    }
    #expect(try names(folder).isEmpty)
  }

  @Test func aFullDiskLeavesTheOldFile() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([5], "a")
    // The limit on a file's size fails a write as a full disk does, once its signal is ignored.
    signal(SIGXFSZ, SIG_IGN)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
    var small = rlimit(rlim_cur: 4 << 20, rlim_max: old.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
    let error = #expect(throws: FormatError.self) {
      try AtomicFile.write([UInt8](repeating: 1, count: (4 << 20) + 1), to: path)
    }
    #expect(error?.kind == .unwritable)
    #expect(content(path) == [5])
    #expect(try names(folder) == ["a"])
  }
}
