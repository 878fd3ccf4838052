import Foundation
import Glibc
import Testing

@testable import System

@Suite struct ChildProcessTests {
  @Test("output, variables and folder are as they were given; there is nothing to read")
  func given() throws {
    let folder = try ScratchFolder()
    let child = try ChildProcess(
      ["sh", "-c", "cat; echo $GREETING; pwd"],
      environment: ["GREETING": "hello", "PATH": "/usr/bin:/bin"], folder: folder.path)
    let text = String(decoding: try Descriptor.all(from: child.output), as: UTF8.self)
    #expect(text == "hello\n\(try #require(realPath(folder.path)))\n")
    let ending = child.wait()
    #expect(ending.raw == 0)
  }

  @Test(
    "exit codes and signals are told apart", arguments: [("exit 7", 7, 0), ("kill -9 $$", 0, 9)])
  func endings(_ script: String, _ code: Int32, _ signal: Int32) throws {
    let ending = try ChildProcess(["sh", "-c", script]).wait()
    #expect((ending.code, ending.signal) == (code, signal))
    #expect(ending.status == (signal == 0 ? code : 128 + signal))
  }

  @Test("what is missing is said: the program, or the interpreter that it names")
  func missing() throws {
    let folder = try ScratchFolder()
    #expect(throws: SystemError("cannot be started", at: "no-such-program", code: ENOENT)) {
      _ = try ChildProcess(["no-such-program"])
    }
    let script = try folder.write("#!/no/such/interpreter\n", "script")
    chmod(script, 0o700)
    var message = ""
    do { _ = try ChildProcess([script]) } catch { message = error.description }
    #expect(
      message == "cannot be started: it is there, but the interpreter that it names is not")
    // Neither try left a descriptor behind.
    let before = try #require(dup(0) as Int32?)
    close(before)
    for _ in 0..<20 { _ = try? ChildProcess(["no-such-program"]) }
    let after = dup(0)
    close(after)
    #expect(after <= before + 2)
  }

  @Test("a group of its own ends with all that it started, also what ignores a wish")
  func kill() throws {
    let child = try ChildProcess(
      ["sh", "-c", "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; sleep 1000' & wait"],
      ownGroup: true)
    let line = try Descriptor.some(from: child.output)
    let inner = try #require(
      Int32(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)))
    child.send(SIGTERM)
    let hasEnded = child.hasEnded
    #expect(!hasEnded)
    let ending = child.kill(after: 0.05)
    #expect(ending == nil)
    try eventually { Glibc.kill(inner, 0) != 0 || isZombie(inner) }
  }

  @Test("one that ends by itself in time says how")
  func patience() throws {
    let child = try ChildProcess(["sh", "-c", "exit 3"], ownGroup: true)
    let ending = child.kill(after: 30)
    #expect(ending?.code == 3)
  }

  @Test("its own memory is seen, files and all at its end")
  func memory() throws {
    var looks = 0
    let child = try ChildProcess(["sh", "-c", "sleep 0.2"])
    let ending = child.wait { looks += 1 }
    #expect(looks > 3)
    #expect(ending.peakBytes > 0 && ending.residentBytes > ending.peakBytes)
  }

  private func isZombie(_ process: pid_t) -> Bool {
    (text("/proc/\(process)/stat") ?? "").contains(") Z ")
  }
}

@Suite struct ProcessStartTests {
  @Test("apart: its log has both streams, the lock is number 3, nothing else is open")
  func apart() throws {
    let folder = try ScratchFolder()
    let lock = try #require(try FileLock.acquire(folder.path + "/lock"))
    let open = Glibc.open("/dev/null", O_RDONLY)
    defer { close(open) }
    let script =
      "ls -l /proc/$$/fd; echo bad >&2; exec sleep 1000"
    var start = ProcessStart(["sh", "-c", script])
    start.log = folder.path + "/log"
    start.inherited = lock.descriptor
    start.group = .ownSession
    start.isApart = true
    let process = try start.start()
    try eventually { text(folder.path + "/log")?.contains("bad") == true }
    let log = try #require(text(folder.path + "/log"))
    #expect(log.contains("3 -> \(try #require(realPath(folder.path)))/lock"))
    #expect(!log.contains(" 4 ->") && !log.contains(" 5 ->"))
    #expect(log.contains("0 -> /dev/null"))
    #expect(getsid(process) == process)
    kill(process, SIGKILL)
    #expect(ProcessEnding.wait(for: process).signal == SIGKILL)
  }

  @Test("the signals that we ignore for our own sake do what they do; what was wished for stays")
  func signals() throws {
    // SIGPIPE and SIGHUP ignored, as under nohup, in a shell that starts another.
    let child = try ChildProcess(
      ["sh", "-c", "trap '' HUP; exec sh -c 'grep SigIgn /proc/$$/status'"])
    let text = String(decoding: try Descriptor.all(from: child.output), as: UTF8.self)
    _ = child.wait()
    let mask = try #require(
      UInt64(text.split(whereSeparator: \.isWhitespace).last ?? "", radix: 16))
    #expect(mask & 1 << (UInt64(SIGHUP) - 1) != 0)
    for number in [SIGINT, SIGTERM, SIGPIPE] { #expect(mask & 1 << (UInt64(number) - 1) == 0) }
  }
}

@Suite struct ProcessIdentityTests {
  @Test("this process is alive; another with its number is not it")
  func current() throws {
    let own = try #require(ProcessIdentity.current)
    #expect(own.isAlive && own.pid == getpid())
    let text = String(decoding: try JSONEncoder().encode(own), as: UTF8.self)
    func read(_ text: String) throws -> ProcessIdentity {
      try JSONDecoder().decode(ProcessIdentity.self, from: Data(text.utf8))
    }
    #expect(try read(text) == own)
    let later = text.replacing("\"start\":\(own.start)", with: "\"start\":\(own.start + 1)")
    #expect(later != text)
    #expect(try !read(later).isAlive)
    #expect(try !read(text.replacing(own.boot, with: "other")).isAlive)
    #expect(try !read(text.replacing(own.space, with: "other")).isAlive)
  }
}
