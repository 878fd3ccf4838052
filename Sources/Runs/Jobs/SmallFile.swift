import Core
import System

/// Reading without trust, and writing so that a reader never sees half of anything.
enum SmallFile {
  /// The last `limit` bytes of the regular file at `path`, and whether that is all of it.
  static func tail(_ path: String, limit: Int) throws(JobError) -> FileTail {
    do throws(SystemError) {
      return try FileTail(path, limit: limit)
    } catch {
      throw JobError(error)
    }
  }

  /// Replaces or makes the file at `path`: a reader sees the old bytes or the new ones, also after
  /// the power failed.
  ///
  /// The bytes are written beside it first, under one fixed name: only the holder of a job's lock
  /// writes in its folder, so what a killed writer left is simply written over.
  static func replace(_ path: String, with bytes: some ByteParts) throws(JobError) {
    do throws(SystemError) {
      let file = try FileReplacement(ofOwn: path)
      try bytes.forEachPart { part throws(SystemError) in try file.write(part) }
      try file.commit()
    } catch {
      throw JobError(error)
    }
  }
}
