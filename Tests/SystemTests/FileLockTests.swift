import Foundation
import Glibc
import Testing

@testable import System

@Suite struct FileLockTests {
  @Test func oneHolderAtATime() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/lock"
    #expect(try !FileLock.isHeld(path))
    var lock = try FileLock.acquire(path)
    #expect(lock != nil)
    for _ in 0..<3 {
      // Looking takes nothing away, and gives nothing.
      #expect(try FileLock.isHeld(path))
      #expect(try FileLock.acquire(path) == nil)
    }
    lock = nil
    // Other tests fork meanwhile, and their children have a copy of the lock until they exec.
    try eventually { try !FileLock.isHeld(path) }
    try eventually { try FileLock.acquire(path) != nil }
  }

  @Test func aCopyOfTheDescriptorHoldsOn() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/lock"
    var lock = try FileLock.acquire(path)
    let copy = dup(try #require(lock).descriptor)
    lock = nil
    #expect(try FileLock.isHeld(path))
    var adopted = try FileLock.adopt(copy, path: path)
    #expect(adopted != nil)
    #expect(fcntl(copy, F_GETFD) & FD_CLOEXEC != 0)
    adopted = nil
    try eventually { try !FileLock.isHeld(path) }
  }

  @Test func anotherFileIsNotAdopted() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/lock"
    let other = open(scratch.path + "/other", O_RDWR | O_CREAT, 0o600)
    defer { close(other) }
    let lock = try FileLock.acquire(path)
    #expect(try FileLock.adopt(other, path: path) == nil)
    #expect(try FileLock.adopt(-1, path: path) == nil)
    #expect(fcntl(other, F_GETFD) >= 0)
    #expect(lock != nil)
  }

  @Test func aRemovedFileIsNoticed() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/lock"
    let lock = try #require(try FileLock.acquire(path))
    #expect(lock.isStill(at: path))
    unlink(path)
    #expect(!lock.isStill(at: path))
    try Data().write(to: URL(fileURLWithPath: path))
    #expect(!lock.isStill(at: path))
  }

  @Test func linksAreNotFollowed() throws {
    let scratch = try ScratchFolder()
    symlink("/etc/passwd", scratch.path + "/lock")
    #expect(throws: SystemError.self) { try FileLock.acquire(scratch.path + "/lock") }
    #expect(throws: SystemError.self) { try FileLock.isHeld(scratch.path + "/lock") }
  }
}
