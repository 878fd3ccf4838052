import Explorer
import Foundation
import TestSupport
import Testing

@testable import cka

/// A file is opened and parsed once.
@Suite struct OpenedFilesTests {
  private let place: Place
  private let files = OpenedFiles()

  init() throws {
    place = try Place()
    try place.copy(sample: "variants/dict_of_results.pkl", as: "a.pkl")
    try place.copy(sample: "variants/cka.npy", as: "b.npy")
  }

  @Test("Asked for again it is the same, also where another was read since and somebody holds it")
  func once() throws {
    let first = try files.file(at: place.path("a.pkl"))
    #expect(try files.file(at: place.path("a.pkl")) === first)
    _ = try files.file(at: place.path("b.npy"))
    #expect(try files.file(at: place.path("a.pkl")) === first)
    #expect(first.results.count > 1)
  }

  @Test("It is read again when it changed, and when that is asked for")
  func again() throws {
    let first = try files.file(at: place.path("a.pkl"))
    #expect(try files.file(at: place.path("a.pkl"), isFresh: true) !== first)
    let second = try files.file(at: place.path("a.pkl"))
    _ = try place.shell("touch -d 2001-01-01 a.pkl")
    #expect(try files.file(at: place.path("a.pkl")) !== second)
  }

  @Test("Nobody holds it: it is let go as soon as another file is kept")
  func letGo() throws {
    weak var first: OpenFile?
    first = try files.file(at: place.path("a.pkl"))
    #expect(first != nil)
    weak var passing: OpenFile?
    passing = try files.file(at: place.path("b.npy"), isKept: false)
    #expect(passing == nil && first != nil)
    _ = try files.file(at: place.path("b.npy"))
    #expect(first == nil)
  }

  @Test("An index names other files, which may change while it does not: it is read every time")
  func index() throws {
    _ = try place.shell("cp '\(Fixture.sample("variants/results.csv"))' c.json")
    let first = try files.file(at: place.path("c.json"))
    #expect(try files.file(at: place.path("c.json")) !== first)
  }
}
