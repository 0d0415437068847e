"""Generated from grammar/ by ``python -m landscape_cli.syntax.generate``: not edited."""

from __future__ import annotations

OUTSIDE = '[ \t\r\x0c\ufeff]*(?:#[^\n]*)?(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(;|\n)|(!=|\\->|<=|>=|\\(|\\)|\\*|\\+|,|\\-|/|:|<|=|>|\\[|\\]|\\^|\\{|\\})|("(?:[^"\\\\\n]|\\\\[^\n])*")|([^\\n]))?'
INSIDE = '(?:[ \t\r\x0c\n\ufeff]+|#[^\n]*)*(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(;|\n)|(!=|\\->|<=|>=|\\(|\\)|\\*|\\+|,|\\-|/|:|<|=|>|\\[|\\]|\\^|\\{|\\})|("(?:[^"\\\\\n]|\\\\[^\n])*")|([^\\n]))?'
DASHED = '[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*'
ACCEPT = 37
KEYS = '!= ( ) * + , - -> / : < <= <dashed> <end> <eof> <name> <number> <string> = > >= T [ ] ^ activation allow and assume at because bias by const data declare expect file key loss map model net not or param regularize require samples subject_to x { }'

# nonterminal, size, 0 node / 1 pass through / 2 inlined, node name, kept children
RULES = """\
0 2 2 __at_star_8 1
0 3 2 __at_star_8 -1,2
1 2 2 __call_star_17 1
1 3 2 __call_star_17 -1,2
2 2 2 __comparison_star_12 0,1
2 2 2 __comparison_star_12 0,1
2 3 2 __comparison_star_12 -1,1,2
2 3 2 __comparison_star_12 -1,1,2
3 2 2 __conjunction_star_10 1
3 3 2 __conjunction_star_10 -1,2
4 2 2 __data_star_5 1
4 3 2 __data_star_5 -1,2
5 1 2 __declare_plus_3 0
5 2 2 __declare_plus_3 -1,1
6 2 2 __disjunction_star_9 1
6 3 2 __disjunction_star_9 -1,2
7 2 2 __matrix_star_6 1
7 3 2 __matrix_star_6 -1,2
8 2 2 __matrix_star_7 1
8 3 2 __matrix_star_7 -1,2
9 1 2 __model_star_1 
9 2 2 __model_star_1 -1
9 3 2 __model_star_1 -1,1
9 2 2 __model_star_1 0
10 1 2 __negation_plus_11 0
10 2 2 __negation_plus_11 -1,1
11 2 2 __net_star_2 1
11 3 2 __net_star_2 -1,2
12 2 2 __power_star_16 1
12 3 2 __power_star_16 -1,2
13 2 2 __product_star_14 0,1
13 2 2 __product_star_14 0,1
13 3 2 __product_star_14 -1,1,2
13 3 2 __product_star_14 -1,1,2
14 2 2 __regularize_star_4 1
14 3 2 __regularize_star_4 -1,2
15 1 2 __signed_plus_15 0
15 2 2 __signed_plus_15 -1,1
16 1 2 __start_star_0 
16 2 2 __start_star_0 -1
16 2 2 __start_star_0 -1,1
16 3 2 __start_star_0 -1,1
16 1 2 __start_star_0 0
16 2 2 __start_star_0 0
17 2 2 __sum_star_13 0,1
17 2 2 __sum_star_13 0,1
17 3 2 __sum_star_13 -1,1,2
17 3 2 __sum_star_13 -1,1,2
18 4 0 activation 1,2,3
19 4 0 allow 1,3
20 1 1 argument 0
20 1 1 argument 0
21 2 0 assume 1
22 2 0 at 1
22 3 0 at 1,-3
23 3 0 given 0,1,2
23 2 0 file_point 1
24 3 1 atom 1
24 1 1 atom 0
24 1 1 atom 0
24 1 1 atom 0
25 2 0 bias 1
26 3 0 call 0
26 4 0 call 0,2
26 5 0 call 0,2,-4
27 1 1 comparison 0
27 2 0 comparison 0,-2
28 1 1 conjunction 0
28 2 0 conjunction 0,-2
29 4 0 const 1,3
29 6 0 const 1,3,4,5
30 4 0 custom_loss 1,2,3
31 2 0 data 1
31 3 0 data 1,-3
32 3 0 given 0,1,2
32 2 0 property 0,1
32 2 0 samples 1
33 3 0 declare 1,-3
34 2 0 negative 1
34 1 1 dimension 0
34 1 1 dimension 0
34 3 0 big_power 0,2
35 1 1 disjunction 0
35 2 0 disjunction 0,-2
36 2 0 negative 1
36 4 0 negative_ratio 1,3
36 1 1 entry 0
36 3 0 ratio 0,2
37 2 0 expect 1
37 4 0 expect 1,3
38 2 0 signed 0,1
38 1 1 exponent 0
38 1 1 exponent 0
39 2 0 file 1
39 4 0 file 1,3
40 1 1 formula 0
41 1 1 item 0
41 1 1 item 0
42 2 0 loss -2
42 2 0 loss 1
43 2 0 map 1
44 2 0 vector 
44 3 0 vector 1
44 4 0 vector 1,-3
44 3 0 matrix 1
44 4 0 matrix 1,-3
45 4 0 model 1
45 5 0 model 1,-4
45 6 0 model 1,-4,4
45 5 0 model 1,3
45 4 0 model 1
45 5 0 model 1,-4
45 6 0 model 1,-4,4
45 5 0 model 1,3
46 2 0 negated -1,1
46 1 1 negation 0
47 2 0 net 1
47 3 0 net 1,-3
48 4 0 param 1,3
49 1 1 power 0
49 2 0 power 0,-2
50 1 1 product 0
50 2 0 product 0,-2
51 2 0 regularize 1
51 3 0 regularize 1,2
51 4 0 regularize 1,2,-4
52 2 0 require 1
53 2 0 row 
53 3 0 row 1
53 4 0 row 1,-3
54 1 0 shape 0
54 3 0 shape 0,2
55 2 0 signed -1,1
55 1 1 signed 0
56 0 0 start 
56 1 0 start -1
56 2 0 start -1,1
56 1 0 start 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
57 1 1 statement 0
58 2 0 subject_to 1
58 3 0 subject_to 1,2
59 1 1 sum 0
59 2 0 sum 0,-2
60 1 1 value 0
60 1 1 value 0
60 1 1 value 0
"""

# one state a line: key value key value ...; a key beyond KEYS is a nonterminal; a value
# is the state to shift to (after the nonterminal: to go to), or ~rule to reduce by
TABLE = """\
14 -135 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 9 36 10 39 11 40 12 41 13 42 14 45 15 46 16 47 17 49 18 69 19 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 98 32 100 33 101 34 104 35 105 36 109 37 110 38 111 39
15 40 79 41
15 42
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 53 88 54 93 55 99 56 102 57 103 58 108 59 112 60
15 61 37 62 76 63
15 64
15 65
15 66 48 67 85 68
15 69
14 -39 25 -39 26 -39 28 -39 29 -39 31 -39 33 -39 34 -39 35 -39 13 -39 36 -39 39 -39 40 -39 41 -39 42 -39 45 -39 46 -39 47 -39 49 -39
15 70
15 71 58 72 79 73
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 74
12 75 17 76
6 77 15 78 16 79 79 80 87 81 94 82
15 83
15 84
15 85
15 86
14 -136 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 87 36 10 39 11 40 12 41 13 42 14 45 15 46 16 47 17 49 18 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 98 88 100 33 101 34 104 35 105 36 110 89 111 39
14 -139 52 -139 13 -139
14 -140 52 -140 13 -140
14 -141 52 -141 13 -141
14 -142 52 -142 13 -142
14 -143 52 -143 13 -143
14 -144 52 -144 13 -144
14 -145 52 -145 13 -145
14 -146 52 -146 13 -146
14 -147 52 -147 13 -147
14 -148 52 -148 13 -148
14 -149 52 -149 13 -149
14 -150 52 -150 13 -150
14 -43 25 -43 26 -43 28 -43 29 -43 31 -43 33 -43 34 -43 35 -43 13 -43 36 -43 39 -43 40 -43 41 -43 42 -43 45 -43 46 -43 47 -43 49 -43
14 -151 52 -151 13 -151
14 -152 52 -152 13 -152
14 -153 52 -153 13 -153
14 -154 52 -154 13 -154

14 -138 13 90
14 -155 52 -155 13 -155
1 91
18 92
30 93
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 53 88 54 93 94 99 56 102 57 103 58 108 59 112 60
1 -37 6 -37 15 -37 16 -37
14 -59 24 -59 5 -59 18 -59 1 91 6 -59 4 -59 52 -59 11 -59 20 -59 0 -59 10 -59 19 -59 2 -59 8 -59 3 -59 27 -59 13 -59 44 -59
1 -25 6 -25 15 -25 43 -25 16 -25
14 -60 24 -60 5 -60 18 -60 6 -60 4 -60 52 -60 11 -60 20 -60 0 -60 10 -60 19 -60 2 -60 8 -60 3 -60 27 -60 13 -60 44 -60
1 43 6 44 15 45 43 95 16 47 68 49 77 50 79 51 80 96 102 57 103 58 108 59 112 60
1 43 6 97 15 45 16 47 77 50 79 51 102 98
14 -120 24 99 5 -120 18 -120 6 -120 4 -120 52 -120 11 -120 20 -120 0 -120 10 -120 19 -120 2 -120 8 -120 3 -120 27 -120 13 -120 44 -120 65 100
14 -61 24 -61 5 -61 18 -61 6 -61 4 -61 52 -61 11 -61 20 -61 0 -61 10 -61 19 -61 2 -61 8 -61 3 -61 27 -61 13 -61 44 -61
14 -116 5 -116 52 -116 2 -116 27 -116 13 -116 44 -116
14 -83 5 -83 52 -83 2 -83 13 -83 44 101 59 102
14 -96 5 -96 52 -96 2 -96 13 -96
14 -53 52 -53 13 -53
14 -68 5 -68 52 -68 2 -68 27 103 13 -68 44 -68 56 104
14 -134 5 -134 18 -134 6 -134 4 -134 52 -134 11 -134 20 -134 0 -134 10 -134 19 -134 2 -134 8 -134 3 -134 27 -134 13 -134 44 -134
14 -158 5 -158 18 -158 6 105 4 106 52 -158 11 -158 20 -158 0 -158 10 -158 19 -158 2 -158 27 -158 13 -158 44 -158 70 107
14 -122 5 -122 18 -122 6 -122 4 -122 52 -122 11 -122 20 -122 0 -122 10 -122 19 -122 2 -122 8 108 3 109 27 -122 13 -122 44 -122 66 110
14 -66 5 -66 18 111 52 -66 11 112 20 112 0 112 10 112 19 112 2 -66 27 -66 13 -66 44 -66 55 113
18 114
17 115
14 -54 5 116 52 -54 13 -54 53 117
14 -62 52 -62 13 -62
9 118
18 119 15 120
6 77 15 121 16 79 87 122
14 -73 5 123 52 -73 13 -73 57 124
15 125 58 126
14 -89 52 -89 32 127 13 -89
14 -13 1 91 15 -13 52 -13 13 -13
14 -99 15 128 52 -99 13 -99
14 -100 18 129 52 -100 13 -100
14 -101 52 -101 13 -101
51 130
51 131
16 132
14 -80 1 91 52 -80 13 -80 7 -80
14 -81 24 133 5 -81 18 -81 52 -81 13 -81 50 -81 7 -81
14 -97 52 -97 13 -97 7 -97
14 -98 52 -98 13 -98 7 -98
14 -117 52 -117 13 -117 7 134 64 135
9 136
14 -124 1 43 6 44 15 45 16 47 52 -124 13 -124 68 49 77 50 79 51 102 57 103 58 108 59 112 137
14 -127 52 -127 13 -127
14 -156 1 43 6 44 15 45 16 47 52 -156 13 -156 68 49 77 50 79 51 102 57 103 58 108 59 112 138
14 -40 25 -40 26 -40 28 -40 29 -40 31 -40 33 -40 34 -40 35 -40 13 -40 36 -40 39 -40 40 -40 41 -40 42 -40 45 -40 46 -40 47 -40 49 -40
14 -41 25 -41 26 -41 28 -41 29 -41 31 -41 33 -41 34 -41 35 -41 13 -41 36 -41 39 -41 40 -41 41 -41 42 -41 45 -41 46 -41 47 -41 49 -41
14 -137 13 139
14 -44 25 -44 26 -44 28 -44 29 -44 31 -44 33 -44 34 -44 35 -44 13 -44 36 -44 39 -44 40 -44 41 -44 42 -44 45 -44 46 -44 47 -44 49 -44
1 43 6 44 15 45 43 46 16 47 2 140 17 141 63 48 68 49 73 142 77 50 79 51 80 52 81 53 88 54 93 143 99 56 102 57 103 58 108 59 112 60
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 53 88 54 93 144 99 56 102 57 103 58 108 59 112 60
17 145
2 146
1 -26 6 -26 15 -26 43 -26 16 -26
14 -115 5 -115 52 -115 2 -115 27 -115 13 -115 44 -115
1 -38 6 -38 15 -38 16 -38
14 -133 5 -133 18 -133 6 -133 4 -133 52 -133 11 -133 20 -133 0 -133 10 -133 19 -133 2 -133 8 -133 3 -133 27 -133 13 -133 44 -133
1 43 6 147 15 45 16 47 21 148 77 149 79 51 91 150
14 -121 24 151 5 -121 18 -121 6 -121 4 -121 52 -121 11 -121 20 -121 0 -121 10 -121 19 -121 2 -121 8 -121 3 -121 27 -121 13 -121 44 -121
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 152 99 56 102 57 103 58 108 59 112 60
14 -84 5 -84 52 -84 2 -84 13 -84 44 153
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 99 154 102 57 103 58 108 59 112 60
14 -69 5 -69 52 -69 2 -69 27 155 13 -69 44 -69
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 156 108 59
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 157 108 59
14 -159 5 -159 18 -159 6 158 4 159 52 -159 11 -159 20 -159 0 -159 10 -159 19 -159 2 -159 27 -159 13 -159 44 -159
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 108 160
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 108 161
14 -123 5 -123 18 -123 6 -123 4 -123 52 -123 11 -123 20 -123 0 -123 10 -123 19 -123 2 -123 8 162 3 163 27 -123 13 -123 44 -123
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 164
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 165
14 -67 5 -67 18 166 52 -67 11 167 20 167 0 167 10 167 19 167 2 -67 27 -67 13 -67 44 -67
22 168 15 169 37 170 92 171 97 172 113 173
14 -57 5 -57 52 -57 13 -57
15 61 37 62 76 174
14 -55 5 175 52 -55 13 -55
6 77 15 121 16 79 87 176 107 177
22 168 15 169 37 170 92 171 97 172 113 178
14 -76 5 -76 52 -76 13 -76
14 -80 5 -80 18 -80 52 -80 13 -80 50 -80
14 -77 5 -77 52 -77 13 -77
15 66 48 67 85 179
14 -74 5 180 52 -74 13 -74
14 -13 15 -13 52 -13 13 -13
14 -78 15 128 52 -78 13 -78
12 181
14 -14 15 -14 52 -14 13 -14
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 53 88 54 93 182 99 56 102 57 103 58 108 59 112 60
52 183 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 184 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 62 185 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 100 33 101 34 104 35 105 36 110 186 111 39
52 187 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 184 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 62 188 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 100 33 101 34 104 35 105 36 110 189 111 39
14 -79 5 -79 18 -79 52 -79 13 -79 50 -79 7 -79
16 190
6 77 15 78 16 79 79 80 87 81 94 191
14 -118 52 -118 13 -118 7 192
6 77 15 121 16 79 87 176 107 193
14 -125 5 194 52 -125 13 -125 67 195
14 -157 52 -157 13 -157
14 -42 25 -42 26 -42 28 -42 29 -42 31 -42 33 -42 34 -42 35 -42 13 -42 36 -42 39 -42 40 -42 41 -42 42 -42 45 -42 46 -42 47 -42 49 -42
14 -63 24 -63 5 -63 18 -63 6 -63 4 -63 52 -63 11 -63 20 -63 0 -63 10 -63 19 -63 2 -63 8 -63 3 -63 27 -63 13 -63 44 -63 7 -63
5 -51 2 -51
5 196 2 197 54 198
5 -52 2 -52
14 -49 52 -49 13 -49
14 -50 52 -50 13 -50
14 -58 24 -58 5 -58 18 -58 6 -58 4 -58 52 -58 11 -58 20 -58 0 -58 10 -58 19 -58 2 -58 8 -58 3 -58 27 -58 13 -58 44 -58
1 43 15 45 16 47 77 199 79 51
14 -92 24 -92 5 -92 18 -92 6 -92 4 -92 52 -92 11 -92 20 -92 0 -92 10 -92 19 -92 2 -92 8 -92 3 -92 27 -92 13 -92 44 -92
14 -93 24 -93 5 -93 18 -93 6 -93 4 -93 52 -93 11 -93 20 -93 0 -93 10 -93 19 -93 2 -93 8 -93 3 -93 27 -93 13 -93 44 -93
14 -29 24 -29 5 -29 18 -29 6 -29 4 -29 52 -29 11 -29 20 -29 0 -29 10 -29 19 -29 2 -29 8 -29 3 -29 27 -29 13 -29 44 -29
1 43 6 147 15 45 16 47 21 148 77 149 79 51 91 200
14 -15 5 -15 52 -15 2 -15 13 -15 44 -15
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 81 201 99 56 102 57 103 58 108 59 112 60
14 -9 5 -9 52 -9 2 -9 27 -9 13 -9 44 -9
1 43 6 44 15 45 43 46 16 47 63 48 68 49 77 50 79 51 80 52 99 202 102 57 103 58 108 59 112 60
14 -45 5 -45 18 -45 6 -45 4 -45 52 -45 11 -45 20 -45 0 -45 10 -45 19 -45 2 -45 27 -45 13 -45 44 -45
14 -46 5 -46 18 -46 6 -46 4 -46 52 -46 11 -46 20 -46 0 -46 10 -46 19 -46 2 -46 27 -46 13 -46 44 -46
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 203 108 59
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 204 108 59
14 -31 5 -31 18 -31 6 -31 4 -31 52 -31 11 -31 20 -31 0 -31 10 -31 19 -31 2 -31 8 -31 3 -31 27 -31 13 -31 44 -31
14 -32 5 -32 18 -32 6 -32 4 -32 52 -32 11 -32 20 -32 0 -32 10 -32 19 -32 2 -32 8 -32 3 -32 27 -32 13 -32 44 -32
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 108 205
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 108 206
14 -5 5 -5 18 -5 52 -5 11 -5 20 -5 0 -5 10 -5 19 -5 2 -5 27 -5 13 -5 44 -5
14 -6 5 -6 18 -6 52 -6 11 -6 20 -6 0 -6 10 -6 19 -6 2 -6 27 -6 13 -6 44 -6
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 207
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 208
22 209 6 210 16 211 23 212 89 213 106 214
14 -160 5 -160 52 -160 13 -160
17 215
14 -161 5 -161 52 -161 13 -161
14 -162 5 -162 52 -162 13 -162
14 -56 5 -56 52 -56 13 -56
14 -1 5 -1 52 -1 13 -1
15 61 37 62 76 216
14 -131 18 -131 52 -131 13 -131 50 217
14 -70 18 218 52 -70 13 -70
14 -75 5 -75 52 -75 13 -75
14 -11 5 -11 52 -11 13 -11
15 66 48 67 85 219
14 -90 52 -90 13 -90
14 -72 52 -72 13 -72
14 -107 25 -107 26 -107 28 -107 29 -107 31 -107 33 -107 34 -107 35 -107 13 -107 36 -107 39 -107 40 -107 41 -107 42 -107 45 -107 46 -107 47 -107 49 -107
52 -21 25 -21 26 -21 28 -21 29 -21 31 -21 33 -21 34 -21 35 -21 13 -21 36 -21 39 -21 40 -21 42 -21 45 -21 46 -21 47 -21 49 -21
52 220 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 221 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 100 33 101 34 104 35 105 36 110 222 111 39
52 223 13 224
14 -111 25 -111 26 -111 28 -111 29 -111 31 -111 33 -111 34 -111 35 -111 13 -111 36 -111 39 -111 40 -111 41 -111 42 -111 45 -111 46 -111 47 -111 49 -111
52 225 25 1 26 2 28 3 29 4 31 5 33 6 34 7 35 8 13 221 36 10 39 11 40 12 42 14 45 15 46 16 47 17 49 18 71 20 72 21 74 22 75 23 78 24 82 25 83 26 84 27 86 28 90 29 95 30 96 31 100 33 101 34 104 35 105 36 110 226 111 39
52 227 13 224
14 -82 5 -82 18 -82 52 -82 13 -82 50 -82 7 -82
14 -27 52 -27 13 -27 7 -27
6 77 15 78 16 79 79 80 87 81 94 228
14 -119 52 -119 13 -119
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 229
14 -126 5 230 52 -126 13 -126
1 43 6 44 15 45 43 46 16 47 17 141 63 48 68 49 73 231 77 50 79 51 80 52 81 53 88 54 93 143 99 56 102 57 103 58 108 59 112 60
14 -64 24 -64 5 -64 18 -64 6 -64 4 -64 52 -64 11 -64 20 -64 0 -64 10 -64 19 -64 2 -64 8 -64 3 -64 27 -64 13 -64 44 -64 7 -64
5 232 2 233
14 -91 24 -91 5 -91 18 -91 6 -91 4 -91 52 -91 11 -91 20 -91 0 -91 10 -91 19 -91 2 -91 8 -91 3 -91 27 -91 13 -91 44 -91
14 -30 24 -30 5 -30 18 -30 6 -30 4 -30 52 -30 11 -30 20 -30 0 -30 10 -30 19 -30 2 -30 8 -30 3 -30 27 -30 13 -30 44 -30
14 -16 5 -16 52 -16 2 -16 13 -16 44 -16
14 -10 5 -10 52 -10 2 -10 27 -10 13 -10 44 -10
14 -47 5 -47 18 -47 6 -47 4 -47 52 -47 11 -47 20 -47 0 -47 10 -47 19 -47 2 -47 27 -47 13 -47 44 -47
14 -48 5 -48 18 -48 6 -48 4 -48 52 -48 11 -48 20 -48 0 -48 10 -48 19 -48 2 -48 27 -48 13 -48 44 -48
14 -33 5 -33 18 -33 6 -33 4 -33 52 -33 11 -33 20 -33 0 -33 10 -33 19 -33 2 -33 8 -33 3 -33 27 -33 13 -33 44 -33
14 -34 5 -34 18 -34 6 -34 4 -34 52 -34 11 -34 20 -34 0 -34 10 -34 19 -34 2 -34 8 -34 3 -34 27 -34 13 -34 44 -34
14 -7 5 -7 18 -7 52 -7 11 -7 20 -7 0 -7 10 -7 19 -7 2 -7 27 -7 13 -7 44 -7
14 -8 5 -8 18 -8 52 -8 11 -8 20 -8 0 -8 10 -8 19 -8 2 -8 27 -8 13 -8 44 -8
6 210 16 211 23 234 89 235
16 236
5 -87 23 -87 8 237
14 -102 5 -102 52 -102 13 -102
5 238 23 239 60 240
5 241 23 242 61 243
14 -94 5 -94 52 -94 13 -94 38 244
14 -2 5 -2 52 -2 13 -2
6 77 15 121 16 79 87 245
22 168 15 169 37 170 92 171 97 172 113 246
14 -12 5 -12 52 -12 13 -12
14 -108 25 -108 26 -108 28 -108 29 -108 31 -108 33 -108 34 -108 35 -108 13 -108 36 -108 39 -108 40 -108 41 -108 42 -108 45 -108 46 -108 47 -108 49 -108
52 -22 25 -22 26 -22 28 -22 29 -22 31 -22 33 -22 34 -22 35 -22 13 -22 36 -22 39 -22 40 -22 42 -22 45 -22 46 -22 47 -22 49 -22
52 247 13 248
14 -110 25 -110 26 -110 28 -110 29 -110 31 -110 33 -110 34 -110 35 -110 13 -110 36 -110 39 -110 40 -110 41 -110 42 -110 45 -110 46 -110 47 -110 49 -110
52 -24 25 -24 26 -24 28 -24 29 -24 31 -24 33 -24 34 -24 35 -24 13 -24 36 -24 39 -24 40 -24 42 -24 45 -24 46 -24 47 -24 49 -24
14 -112 25 -112 26 -112 28 -112 29 -112 31 -112 33 -112 34 -112 35 -112 13 -112 36 -112 39 -112 40 -112 41 -112 42 -112 45 -112 46 -112 47 -112 49 -112
52 249 13 248
14 -114 25 -114 26 -114 28 -114 29 -114 31 -114 33 -114 34 -114 35 -114 13 -114 36 -114 39 -114 40 -114 41 -114 42 -114 45 -114 46 -114 47 -114 49 -114
14 -28 52 -28 13 -28 7 -28
14 -35 5 -35 52 -35 13 -35
1 43 6 44 15 45 16 47 68 49 77 50 79 51 102 57 103 58 108 59 112 250
5 -3 2 -3
1 43 6 44 15 45 43 46 16 47 17 141 63 48 68 49 73 251 77 50 79 51 80 52 81 53 88 54 93 143 99 56 102 57 103 58 108 59 112 60
14 -65 24 -65 5 -65 18 -65 6 -65 4 -65 52 -65 11 -65 20 -65 0 -65 10 -65 19 -65 2 -65 8 -65 3 -65 27 -65 13 -65 44 -65 7 -65
5 -128 23 -128
5 238 23 252 60 253
5 -85 23 -85 8 254
16 255
6 210 16 211 89 256
14 -103 5 -103 52 -103 13 -103
5 257 23 258
22 209 106 259
14 -105 5 -105 52 -105 13 -105
5 260 23 261
17 262
14 -132 18 -132 52 -132 13 -132
14 -71 52 -71 13 -71
14 -109 25 -109 26 -109 28 -109 29 -109 31 -109 33 -109 34 -109 35 -109 13 -109 36 -109 39 -109 40 -109 41 -109 42 -109 45 -109 46 -109 47 -109 49 -109
52 -23 25 -23 26 -23 28 -23 29 -23 31 -23 33 -23 34 -23 35 -23 13 -23 36 -23 39 -23 40 -23 42 -23 45 -23 46 -23 47 -23 49 -23
14 -113 25 -113 26 -113 28 -113 29 -113 31 -113 33 -113 34 -113 35 -113 13 -113 36 -113 39 -113 40 -113 41 -113 42 -113 45 -113 46 -113 47 -113 49 -113
14 -36 5 -36 52 -36 13 -36
5 -4 2 -4
5 -129 23 -129
5 257 23 263
16 264
5 -88 23 -88
5 -17 23 -17
6 210 16 211 89 265
14 -104 5 -104 52 -104 13 -104
5 -19 23 -19
22 209 106 266
14 -106 5 -106 52 -106 13 -106
14 -95 5 -95 52 -95 13 -95
5 -130 23 -130
5 -86 23 -86
5 -18 23 -18
5 -20 23 -20
"""

# (state, token, statement) -> (message, hint), from grammar/mistakes.toml
MISTAKES: dict[tuple[int, str | None, str | None], tuple[str, str | None]] = {
    (109, '*', None): ('a power is written with `^`', 'write x^2'),
    (79, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (78, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (197, '-', 'net'): ('an arrow is written `->`, without a space', 'write net 5 -> 2'),
    (79, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (197, ',', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '>', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, '>', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '=', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, 'x', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (78, 'x', 'net'): ('the layers of a net are joined by `->`', 'write net 5 -> 2 -> 4'),
    (79, '*', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '*', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '+', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, '+', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (14, '(', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (134, '(', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '/', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, '/', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (78, '^', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (14, '[', 'net'): ('a width is a positive integer or a name', 'relations between widths go into `assume`: assume d2 = 2 * d1'),
    (79, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (78, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (197, None, 'net'): ('expected `->` and the next layer, or the end of the statement', 'statements are separated by a new line or `;`'),
    (134, None, 'net'): ('expected the next layer after `->`', 'a layer is a width, such as 10, or an activation with a width, such as relu(10)'),
    (14, None, 'net'): ('expected the input width after `net`', 'for example: net 5 -> 2 -> 4'),
    (11, '=', 'loss'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (11, ':', 'loss'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (5, '=', 'bias'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (5, ':', 'bias'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (17, '=', 'require'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (10, '=', 'expect'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (10, ':', 'expect'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (18, '=', 'subject_to'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (16, '=', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (67, '=', 'data'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (67, ':', 'data'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (84, '=', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (84, ':', 'regularize'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (14, '=', 'net'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (14, ':', 'net'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (12, '=', 'map'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (12, ':', 'map'): ('there is no `=` or `:` here', 'for example: loss squared'),
    (71, '<number>', 'loss'): ('a parameter of a loss stands in brackets', 'write loss huber(1)'),
    (11, None, 'loss'): ('expected the name of a loss', 'for example: loss squared'),
    (83, None, 'param'): ('a declaration has its sizes after `:`', 'write param W: n x k'),
    (65, None, 'const'): ('a declaration has its sizes after `:`', 'write param W: n x k'),
    (121, ',', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, ',', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '*', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '*', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '*', 'const'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '<name>', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (121, '<name>', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (136, '(', 'param'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (79, '<name>', 'const'): ('the two sizes of a matrix are joined by ` x `, with blanks around it', 'write param W: 3 x 2'),
    (45, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (47, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (146, '<name>', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (47, '(', None): ('a product is written with `*`', 'write A * B, 2 * k'),
    (111, '=', None): ('equality is written with one `=`', 'write k = 2'),
    (111, '>', None): ('greater or equal is written `>=`, less or equal `<=`', 'write k >= 2'),
    (111, '<', None): ('greater or equal is written `>=`, less or equal `<=`', 'write k >= 2'),
    (45, '->', 'assume'): ('`if` ... `then` is written with `not` and `or`', 'write assume not a >= 1 or b >= 1'),
    (47, '->', 'assume'): ('`if` ... `then` is written with `not` and `or`', 'write assume not a >= 1 or b >= 1'),
    (47, ',', 'assume'): ('constraints are joined by `and`, or stand in statements of their own', 'write assume a >= 1 and b >= 2'),
    (45, ',', 'assume'): ('constraints are joined by `and`, or stand in statements of their own', 'write assume a >= 1 and b >= 2'),
    (16, '<number>', 'regularize'): ('say which regulariser: `l2` or `l1`', 'for example: regularize l2 1/1000'),
    (211, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (263, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (255, ';', None): ('each row of a matrix is a list of its own', 'write [[1, 2], [3, 4]]'),
    (211, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (255, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (252, '[', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (236, '<number>', None): ('the entries of a row are separated by commas', 'write [[1, 2], [3, 4]]'),
    (209, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (238, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (168, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (210, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (237, '<name>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (209, '(', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (209, '<string>', None): ('an entry of a matrix is a number: 1, -2, 1/3 or 0.25', 'numbers are exact: no NaN, no infinity, no names'),
    (241, None, None): ('expected another row after the comma', 'write [[1, 2], [3, 4]], without a comma before the last bracket'),
    (238, ']', None): ('expected another number after the comma', 'write [1, 2], without a comma before the last bracket'),
    (119, None, 'data'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (218, None, 'const'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (114, None, 'at'): ('expected a list of rows, or `file` and the name of a file in quotes', 'for example: data X = [[1, 0], [0, 1]] or data X = file "x.npy"'),
    (170, None, None): ('expected the name of the file in quotes', 'write file "x.npy"'),
    (62, None, None): ('expected the name of the file in quotes', 'write file "x.npy"'),
    (66, None, 'data'): ('expected `=` and a value, or a property such as full_row_rank', 'for example: data X full_row_rank, data Y = X, data X = [[1, 0], [0, 1]]'),
    (7, None, 'data'): ('expected what is known about the data: X, Y, samples, weights, ...', 'for example: data samples n, X full_row_rank'),
    (123, None, 'data'): ('expected what is known about the data: X, Y, samples, weights, ...', 'for example: data samples n, X full_row_rank'),
    (4, None, 'at'): ('expected the name of a matrix and `=`', 'for example: at W1 = [[1, 0]], W2 = [[1], [0]], or at file "weights.npz"'),
    (61, None, 'at'): ('expected the name of a matrix and `=`', 'for example: at W1 = [[1, 0]], W2 = [[1], [0]], or at file "weights.npz"'),
    (42, None, 'allow'): ('a waiver gives its reason: `because` and a text in quotes', 'write allow fails because "known, tracked"'),
    (93, None, 'allow'): ('a waiver gives its reason: `because` and a text in quotes', 'write allow fails because "known, tracked"'),
    (70, '<name>', 'expect'): ('a theorem is named after `by`', 'write expect holds by linear-squared'),
    (13, None, 'model'): ('expected the name of the model: a word, or a text in quotes', 'write model autoencoder { ... } or model "my model" { ... }'),
    (75, None, 'model'): ('expected `{` and the statements of the model', 'write model autoencoder { net 5 -> 2; loss squared }'),
    (1, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (40, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (197, None, 'activation'): ('a custom activation is written with its argument: activation s(t) = ...', 'for example: activation s(t) = max(t, t/10)'),
    (8, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
    (69, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
    (125, None, 'declare'): ('`declare` names a function and its properties', 'for example: declare s strictly_monotone continuous'),
}
