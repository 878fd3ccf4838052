import Glibc

/// News from folders, at no cost while nothing happens.
public final class FolderWatch {
  /// What may happen in a folder.
  public struct Events: OptionSet, Sendable {
    /// The bits of inotify(7).
    public let rawValue: UInt32
    /// The events with these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// A file is written to, or was made.
    public static let writing = Events(
      rawValue: UInt32(IN_CLOSE_WRITE) | UInt32(IN_MODIFY) | UInt32(IN_CREATE))
    /// A file got its name, lost it, or was deleted.
    public static let naming = Events(
      rawValue: UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE))
  }

  /// Readable when there is news; −1 when the system gives no watches.
  public let descriptor: Int32

  /// Nothing is watched yet.
  public init() { descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) }

  /// Watches the folder at `path`.
  /// - Returns: the number of the watch, the same for each spelling of one folder; nil where it
  ///   cannot be watched.
  public func add(_ path: String, _ events: Events) -> Int32? {
    let watch = inotify_add_watch(descriptor, path, events.rawValue)
    return watch >= 0 ? watch : nil
  }

  /// Ends a watch.
  public func remove(_ watch: Int32) { inotify_rm_watch(descriptor, watch) }

  /// The names, without folder, that the news since the last call are about; "" where it is about a
  /// folder itself, or where news were lost.
  public func names() -> Set<String> {
    let header = MemoryLayout<inotify_event>.size
    var names: Set<String> = []
    while let bytes = try? Descriptor.some(from: descriptor, atMost: 16384), !bytes.isEmpty {
      bytes.withUnsafeBytes { bytes in
        var offset = 0
        while offset + header <= bytes.count {
          let event = bytes.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let end = min(bytes.count, offset + header + Int(event.len))
          let name = bytes[offset + header..<end].prefix { $0 != 0 }
          names.insert(String(decoding: name, as: UTF8.self))
          offset = end
        }
      }
    }
    return names
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}
