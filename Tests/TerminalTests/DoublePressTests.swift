import Cells
import Testing

@testable import Terminal

@Suite struct DoublePressTests {
  private func actions(_ presses: [(x: Int, y: Int, time: Int)]) -> [MouseEvent.Action] {
    var double = DoublePress()
    return presses.map { double.action(x: $0.x, y: $0.y, time: $0.time) }
  }

  @Test func twoPressesSoonAfterEachOther() {
    #expect(actions([(3, 4, 0), (3, 4, 200)]) == [.press, .doublePress])
  }

  @Test func aThirdPressBeginsAnew() {
    let three = actions([(3, 4, 0), (3, 4, 200), (3, 4, 400), (3, 4, 600)])
    #expect(three == [.press, .doublePress, .press, .doublePress])
  }

  @Test func anotherCellOrALaterTimeIsAnotherPress() {
    #expect(actions([(3, 4, 0), (3, 5, 200)]) == [.press, .press])
    #expect(actions([(3, 4, 0), (3, 4, 900)]) == [.press, .press])
  }
}
