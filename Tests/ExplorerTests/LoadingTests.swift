import Cells
import Core
import Similarity
import Testing

@testable import Explorer

@Suite("Reading results")
struct LoadingTests {
  private static func slow() -> Scene {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.isSlow = true
    return scene
  }

  @Test("the first result found is shown at once, its companion with it")
  func first() {
    let scene = Scene([Sample.pair(), Sample.minibatches(9)], 160, 40)
    let (layers, scores) = (Sample.pair().id, Sample.minibatches(9).id)
    #expect(scene.asked == [.load(layers, companion: scores, reread: false)])
    #expect(scene.state.openPanes == [.layers, .minibatches])
  }

  @Test("a companion that is found later joins, whether or not the result has been read by then")
  func lateCompanion() {
    for isSlow in [false, true] {
      var scene = Scene([], 160, 40)
      scene.isSlow = isSlow
      scene.find([Sample.pair()])
      scene.find([Sample.minibatches(9)])
      while !scene.waiting.isEmpty { scene.answer() }
      #expect(scene.state.openPanes == [.layers, .minibatches], "\(isSlow)")
      #expect(scene.screen.contains("3 × 3"))
    }
  }

  @Test("a companion that cannot be read is asked for once, not for ever")
  func unreadableCompanion() {
    var scene = Scene([], 160, 40)
    scene.unreadable[Sample.minibatches(9).id] = "cut short"
    scene.find([Sample.pair()])
    scene.find([Sample.minibatches(9)])
    scene.find([Sample.telling(2, 2)])
    #expect(scene.asked.count == 2)
    #expect(scene.state.openPanes == [.layers])
  }

  @Test("while a result is read the old one stays; an answer that comes too late is not shown")
  func stale() {
    var scene = Self.slow()
    scene.press("]")
    #expect(scene.pair == "A × B" && scene.waiting.count == 1)
    scene.press("]")
    #expect(scene.waiting.count == 2)
    scene.answer()
    #expect(scene.pair == "A × B")
    scene.answer()
    #expect(scene.pair == "B × A")
    scene.press("[")
    #expect(scene.pair == "A × C" && scene.waiting.isEmpty, "the late answer was kept")
  }

  @Test("a result that cannot be read leaves the old picture, and says why")
  func failure() {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.unreadable[ResultID(path: "runs/a-c.pkl")] = "runs/a-c.pkl: byte 12: cut short"
    let before = scene.names
    scene.press("]")
    #expect(scene.footer == " runs/a-c.pkl: byte 12: cut short")
    #expect(scene.pair == "A × B" && scene.names == before && scene.state.pending == nil)
    #expect(scene.state.entryUnderCursor == ResultID(path: "runs/a-c.pkl"))
    scene.find([Sample.telling(2, 2, "Y", "Z", path: "another/t.pkl")])
    #expect(scene.state.entryUnderCursor == ResultID(path: "runs/a-c.pkl"))
  }

  @Test("results shown lately are at hand, without reading")
  func recent() {
    var scene = Self.slow()
    scene.press("]")
    scene.answer()
    let asked = scene.asked.count
    scene.press("[ ] '")
    #expect(scene.pair == "A × B" && scene.asked.count == asked)
  }

  @Test("rereading replaces names and values, and walks again")
  func reread() {
    var scene = Scene([Sample.telling(4, 4)], 120, 30)
    scene.press("2")
    #expect(scene.value == 2.002)
    scene.disk[Sample.telling(4, 4).id] = Sample.layers(4, 4, path: "runs/t.pkl") { _, _ in 0.5 }
    scene.press("R")
    #expect(
      scene.asked.suffix(2) == [
        .load(Sample.telling(4, 4).id, companion: nil, reread: true), .rescan,
      ])
    #expect(scene.value == 0.5)
    #expect(scene.state.tile?.values.allSatisfy { $0 == 0.5 } == true)
  }

  @Test("rereading says when it is done, and keeps nothing that was read before it")
  func rereadForgets() {
    var scene = Self.slow()
    scene.press("] R")
    scene.answer()
    scene.answer()
    #expect(scene.footer == " read again")
    scene.press("'")
    #expect(scene.waiting.count == 1, "the result before is read anew as well")
  }

  @Test("a result whose file changed while another was shown is read anew")
  func forgotten() {
    let old = Sample.telling(4, 4)
    var scene = Scene([old, Sample.telling(4, 4, "C", "D", path: "runs/u.pkl")], 120, 30)
    scene.press("]")
    scene.disk[old.id] = Sample.layers(4, 4, path: "runs/t.pkl") { _, _ in 0.5 }
    scene.send(.forget("runs/t.pkl"))
    #expect(scene.pair == "C × D" && scene.state.message == nil)
    scene.press("[")
    #expect(scene.value == 0.5)
    #expect(scene.state.tile?.values.allSatisfy { $0 == 0.5 } == true)
  }

  @Test("scores shared by two pairs are drawn anew when their file changed")
  func forgottenCompanion() {
    var scene = Scene(
      [Sample.pair(), Sample.pair(path: "runs/second.pkl"), Sample.minibatches(9)], 160, 40)
    let companion = Sample.scores(Array(repeating: 0.25, count: 9))
    scene.disk[companion.id] = companion
    scene.send(.forget(companion.id.path))
    scene.press("2 ]")
    #expect(scene.state.square?.statistics.maximum == 0.25)
  }

  @Test("a companion that is found late is read alone, and nothing is made anew for it")
  func lateCompanionAlone() {
    var scene = Scene([], 160, 40)
    scene.find([Sample.pair()])
    scene.find([Sample.minibatches(9)])
    #expect(scene.asked.last == .load(Sample.minibatches(9).id, companion: nil, reread: false))
    #expect(scene.state.generation == 0)
  }

  @Test("rereading a difference rereads what is subtracted")
  func rereadDifference() {
    let other = Sample.telling(4, 4, "C", "D", path: "runs/u.pkl")
    var scene = Scene([Sample.telling(4, 4), other], 120, 30)
    scene.press("2 d Enter")
    #expect(scene.value == 0)
    scene.disk[other.id] = Sample.layers(4, 4, "C", "D", path: "runs/u.pkl") { _, _ in 0 }
    scene.press("R")
    #expect(scene.value == 2.002)
  }

  @Test("a file that changed on the disk is told of, and the picture stays")
  func changed() {
    var scene = Scene([Sample.telling(4, 4)], 120, 30)
    let value = scene.value
    scene.send(.fileChanged("runs/t.pkl has changed; R reads it again"))
    #expect(scene.footer == " runs/t.pkl has changed; R reads it again")
    #expect(scene.value == value && scene.state.message?.isError == true)
    scene.press("j")
    #expect(scene.footer.hasPrefix(" ? help"))
  }

  @Test("files that a new walk no longer finds leave the list")
  func walked() {
    var scene = Scene(Sample.folder(), 120, 30)
    scene.send(.walked([ResultID(path: "runs/a-b.pkl"), ResultID(path: "runs/b-c.pkl")]))
    #expect(scene.state.catalog.entries.count == 2)
    #expect(scene.pair == "A × B" && scene.state.entryUnderCursor?.path == "runs/a-b.pkl")
  }

  @Test("an empty folder, and one with broken files only, say so")
  func nothing() {
    var scene = Scene([], 100, 20)
    scene.finishWalk()
    #expect(scene.footer == " no results here: name a file or folder with saved CKA results")
    scene.finishWalk(problems: ["a.pkl: byte 3: cut short"])
    #expect(scene.footer == " a.pkl: byte 3: cut short")
    scene.finishWalk(problems: ["a.pkl: cut short", "b.pkl: cut short"])
    #expect(scene.footer == " no readable results; w lists why")
    scene.press("w")
    #expect(scene.screen.contains("a.pkl: cut short") && scene.screen.contains("b.pkl: cut short"))
  }

  @Test("exports and failures are told")
  func outcomes() {
    var scene = Scene([Sample.pair()], 100, 20)
    scene.send(.exported(["a.ppm", "b.ppm"]))
    #expect(scene.footer == " wrote a.ppm, b.ppm")
    scene.send(.failed("the disk is full"))
    #expect(scene.footer == " the disk is full")
  }
}
