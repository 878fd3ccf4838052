import Glibc
import System

/// The locks of jobs and of their slots, whose errors name what to do.
extension FileLock {
  /// Takes the lock of the file at `path`, which is made if it is missing; nil when another holds
  /// it.
  static func take(_ path: String) throws(JobError) -> FileLock? {
    do throws(SystemError) {
      return try acquire(path)
    } catch {
      // Somebody else removed the job between two looks.
      guard error.code != ENOENT else {
        throw JobError(.noSuchJob, "was removed meanwhile", at: path)
      }
      throw JobError(error)
    }
  }

  /// Takes over the lock that whoever started this process has left to it.
  static func inherit(path: String) throws(JobError) -> FileLock? {
    do throws(SystemError) {
      return try adopt(inherited, path: path)
    } catch {
      throw JobError(error)
    }
  }

  /// Whether somebody holds the lock of the file at `path`.
  static func isTaken(_ path: String) throws(JobError) -> Bool {
    do throws(SystemError) {
      return try isHeld(path)
    } catch {
      throw JobError(error)
    }
  }
}
