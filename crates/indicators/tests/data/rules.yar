/* rule commented { condition: true } */
import "pe"
import "math"

private rule Helper {
    strings:
        $brace = "rule fake { condition: false }"
    condition:
        $brace
}

// a comment with { a brace
rule First_One : trojan example
{
    meta:
        description = "Finds \"nothing\" {at all}"
        reference = "https://example.org/report"
        score = 70
    strings:
        $text = "}" ascii wide
        $quote = "a \" } // no comment" nocase
        $hex = { 6A 40 ?? [2-4] ( 62 | 63 ) /* } */ 4B } // }
        $regex = /\/[a-z"}]{1,3}\}/i
    condition:
        Helper and pe.number_of_sections > 1 and any of them
}
rule broken {
    strings:
        $a = "not closed
    condition:
        $a
}
global rule Last { condition: math.entropy(0, filesize) > 7 }
rule Last { condition: true }
rule NoCondition { meta: a = "b" }
include "other.yar"
