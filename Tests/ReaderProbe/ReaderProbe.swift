import CSignals
import Glibc

/// Gives everything up as the process that reads HDF5 does, then tries one thing and says what came
/// of it. No test can do this in its own process, which it would lose.
///
///     ReaderProbe open    prints "filtered open: Operation not permitted"
@main struct ReaderProbe {
  static func main() {
    let what = CommandLine.arguments.dropFirst().first ?? ""
    // Taken before: what matters is what can be done with them afterwards.
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let page = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let file = open("/proc/self/status", O_RDONLY)
    var confinement = cka_confinement()
    confinement.memory = 256 << 20
    let filtered = cka_confine(&confinement) ? "filtered" : "not filtered"
    tell("\(filtered) \(what): \(outcome(of: what, socket: socket, page: page, file: file))\n")
    _exit(0)
  }

  private static func outcome(
    of what: String, socket: Int32, page: UnsafeMutableRawPointer?, file: Int32
  ) -> String {
    errno = 0
    switch what {
    case "open": return result(open("/etc/passwd", O_RDONLY))
    case "socket": return result(Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
    case "connect": return result(connect(to: "/tmp/none", socket))
    case "fork": return result(Int32(daemon(1, 1)))
    case "spawn": return spawn()
    case "exec": return exec()
    case "kill": return result(kill(getppid(), 0))
    case "executable-memory":
      let memory = mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      return result(memory == MAP_FAILED ? -1 : 0)
    case "protect-executable": return result(mprotect(page, 4096, PROT_READ | PROT_EXEC))
    case "parent":
      return result(Int32(truncatingIfNeeded: getpgid(getppid())))
    case "unlink": return result(unlink("/tmp/none"))
    case "stat":
      var status = stat()
      return result(stat("/etc/passwd", &status))
    case "read":
      var bytes = [UInt8](repeating: 0, count: 64)
      return read(file, &bytes, bytes.count) == bytes.count ? "works" : result(-1)
    case "memory": return allocate(64 << 20)
    case "too-much-memory": return allocate(1 << 30)
    case "privileges":
      return status(file, "NoNewPrivs") == "1" ? "none to be had" : "there are some"
    default: return "unknown"
    }
  }

  /// A line of /proc/self/status, whose descriptor was opened before.
  private static func status(_ file: Int32, _ name: String) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = max(0, pread(file, &bytes, bytes.count, 0))
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return String(line.drop { $0 != ":" }.dropFirst().filter { $0 != "\t" && $0 != " " })
  }

  private static func allocate(_ count: Int) -> String {
    let memory = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    return result(memory == MAP_FAILED ? -1 : 0)
  }

  private static func connect(to path: String, _ socket: Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(socket, $0, size)
      }
    }
  }

  private static func spawn() -> String {
    var process: pid_t = 0
    let arguments = [strdup("/bin/true"), nil]
    let code = posix_spawn(&process, "/bin/true", nil, nil, arguments, environ)
    return code == 0 ? "works" : String(cString: strerror(code))
  }

  private static func exec() -> String {
    let arguments = [strdup("/bin/true"), nil]
    return result(execv("/bin/true", arguments))
  }

  private static func result(_ value: Int32) -> String {
    value >= 0 ? "works" : String(cString: strerror(errno))
  }

  private static func tell(_ line: String) {
    Array(line.utf8).withUnsafeBytes { _ = write(1, $0.baseAddress, $0.count) }
  }
}
